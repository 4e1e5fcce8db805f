import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { COMMANDS } from "../../src/cli/commands.ts";
import { dispatch } from "../../src/cli/dispatch.ts";
import { testDatabase } from "../support/database.ts";

const dataDir = t.testdir({ password: "correct horse battery\n" });
const { url } = await testDatabase(t);
const before = { ...process.env };
Object.assign(process.env, { DATABASE_URL: url, DATA_DIR: dataDir });
t.teardown(() => {
	process.env = before;
});

async function phc(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
	let out = "";
	let err = "";
	const io = {
		out: (line: string) => {
			out += `${line}\n`;
		},
		err: (line: string) => {
			err += `${line}\n`;
		},
		interactive: false,
	};
	return { code: await dispatch(argv, io, COMMANDS), out, err };
}

const passwordFile = join(dataDir, "password");

t.test("makes, lists, suspends and drops a clinic", async (t) => {
	const admin = ["--admin-email", "admin@rampur.example", "--admin-password-file", passwordFile];
	t.match(await phc("tenant", "create", "rampur", "--name", "PHC Rampur", ...admin), {
		code: 0,
		out: /rampur is ready/,
	});
	t.match(await phc("tenant", "create", "rampur", "--name", "Again"), { code: 1, err: /is taken/ });
	t.match(await phc("tenant", "create", "other"), { code: 2, err: /--name/ });
	const half = await phc("tenant", "create", "other", "--name", "Other", ...admin.slice(0, 2));
	t.match(half, { code: 2, err: /--admin-email and --admin-password-file go together/ });
	t.equal((await phc("tenant", "create", "other", "--name", "Other")).code, 0);
	t.equal((await phc("tenant", "suspend", "other")).code, 0);
	t.match((await phc("tenant", "list")).out, /^rampur\tactive\t\S+\tPHC Rampur\nother\tsuspended\t\S+\tOther\n$/);
	t.match(await phc("tenant", "migrate"), {
		code: 0,
		out: "0 migrated, 0 failed; every other clinic was up to date\n",
	});
	t.equal((await phc("tenant", "activate", "other")).code, 0);
	t.match(await phc("tenant", "drop", "other"), { code: 2, err: /--confirm other/ });
	t.equal((await phc("tenant", "drop", "other", "--confirm", "other")).code, 0);
	t.notMatch((await phc("tenant", "list")).out, /other/);
	t.match(await phc("tenant", "explode"), { code: 2, err: /create, list, set, migrate/ });
});

t.test("sets what a clinic asks of resources, and refuses profiles that are not here", async (t) => {
	const vitals = "http://hl7.org/fhir/StructureDefinition/vitalsigns";
	t.match(
		await phc("tenant", "set", "rampur", "--validation-mode", "warn", "--require-profile", `Observation=${vitals}`),
		{ code: 0, out: /profiles: warn; references: not checked\n {2}Observation must conform to .*vitalsigns\n/ },
	);
	const changed = await phc("tenant", "set", "rampur", "--check-references", "--require-profile", "Observation=");
	t.match(changed, { code: 0, out: /profiles: warn; references: checked\n[^ ]/ });
	t.match((await phc("tenant", "set", "rampur", "--no-check-references")).out, /not checked/);
	const bad = await phc("tenant", "set", "rampur", "--require-profile", `Patient=${vitals}`);
	t.match(bad, { code: 1, err: /vitalsigns is for Observation, not for Patient/ });
	const unknown = await phc("tenant", "set", "rampur", "--require-profile", "Observation=https://x.example/vitalsign");
	t.match(unknown, { code: 1, err: /is not here\. Did you mean .*vitalsigns/ });
	t.match(await phc("tenant", "set", "nowhere", "--validation-mode", "off"), { code: 1, err: /no clinic "nowhere"/ });
	for (const wrong of [[], ["--validation-mode", "loud"], ["--require-profile", vitals]]) {
		t.equal((await phc("tenant", "set", "rampur", ...wrong)).code, 2);
	}
});

t.test("adds people, and prints a generated password once", async (t) => {
	const nurse = await phc("user", "add", "nurse@rampur.example", "--tenant", "rampur", "--role", "NURSE");
	t.match(nurse, { code: 0, out: /is added \(.*\)\npassword: \S{20}\n/ });
	writeFileSync(passwordFile, "short");
	const weak = ["--role", "DOCTOR", "--tenant", "rampur", "--password-file", passwordFile];
	const refused = await phc("user", "add", "doctor@rampur.example", ...weak);
	t.match(refused, { code: 1, err: /password must have 8/ });
	t.notMatch(refused.err, /short"/);
	t.match(await phc("user", "list", "--tenant", "rampur"), { out: /admin@rampur.*ADMIN[\s\S]*nurse@rampur.*NURSE/ });
	t.equal((await phc("user", "disable", "nurse@rampur.example", "--tenant", "rampur")).code, 0);
	t.match((await phc("user", "list", "--tenant", "rampur")).out, /nurse@rampur.example\tdisabled/);
	t.match(await phc("token", "nurse@rampur.example"), { code: 1, out: "" });
	t.equal((await phc("user", "enable", "nurse@rampur.example", "--tenant", "rampur")).code, 0);
	t.match(await phc("user", "disable", "nobody@rampur.example"), { code: 1, err: /There is no nobody@rampur/ });
	t.match(await phc("user", "add", "root@platform.example", "--role", "PLATFORM_ADMIN"), { code: 0 });
	t.match(await phc("user", "list"), { out: /root@platform.example\tactive\tPLATFORM_ADMIN/ });
});

t.test("prints a token, and changes the signing key", async (t) => {
	const headerOf = (token: string) => JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString());
	const first = await phc("token", "nurse@rampur.example", "--tenant", "rampur");
	const claims = JSON.parse(Buffer.from(first.out.split(".")[1] ?? "", "base64url").toString());
	t.match(claims, { tenantSlug: "rampur", roles: ["NURSE"], iss: "http://127.0.0.1:8080" });
	const { kid } = headerOf(first.out);
	t.match(await phc("token", "rotate-keys"), { code: 0, out: /New signing key/ });
	t.not(headerOf((await phc("token", "nurse@rampur.example")).out).kid, kid);
});
