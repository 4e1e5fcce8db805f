import { parseArgs } from "node:util";
import Fastify from "fastify";
import { createAuth, openKeyRing, rotateKeys } from "../auth/index.ts";
import { readConfig } from "../config.ts";
import { tokenCodec } from "../http/index.ts";
import { type Command, type Io, UsageFault } from "./command.ts";
import { onlyName, withTenancy } from "./management.ts";

export const token: Command = {
	name: "token",
	summary: "print an access token for a script, or change the signing key",
	usage: `phc token EMAIL [--tenant SLUG]
phc token rotate-keys

Prints an access token of 15 minutes for a person of a clinic, or without --tenant of the platform or of the only clinic
where the person works. It needs the same DATA_DIR, HOST, PORT and PUBLIC_URL as the server that it is for.
"rotate-keys" makes a new signing key; a running server uses it within 10 seconds, and tokens under way stay valid.

  --tenant SLUG   the clinic`,
	run,
};

async function run(args: readonly string[], io: Io): Promise<number> {
	const options = { tenant: { type: "string" } } as const;
	const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
	const email = onlyName(positionals, "e-mail address, or say rotate-keys");
	if (email === "rotate-keys") return rotate(io);
	io.out(
		await withTenancy(async (tenancy, config) => {
			const keys = openKeyRing(config.dataDir, config.jwtPrivateKey);
			const issuer = config.publicUrl ?? `http://${config.host}:${config.port}`;
			const auth = createAuth({ tenancy, keys, codec: await tokenCodec(Fastify(), keys), issuer });
			return auth.issue(email, values.tenant);
		}),
	);
	return 0;
}

function rotate(io: Io): number {
	const { dataDir, jwtPrivateKey } = readConfig();
	if (jwtPrivateKey !== undefined) throw new UsageFault("The key is given by JWT_PRIVATE_KEY: change it there");
	io.out(`New signing key: ${rotateKeys(dataDir)}`);
	return 0;
}
