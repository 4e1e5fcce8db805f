import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { Problem } from "../kernel/index.ts";
import { CLINIC_ROLES, type Person, PLATFORM_ROLES, type Tenancy } from "../tenancy/index.ts";
import { type Command, type Io, UsageFault } from "./command.ts";
import { onlyName, readPassword, withTenancy } from "./management.ts";

export const user: Command = {
	name: "user",
	summary: "add, list, disable or enable people",
	usage: `phc user add EMAIL --role ROLE [--role ROLE] [options]
phc user list
phc user disable EMAIL
phc user enable EMAIL

Works on the configured database, on the people of the clinic that --tenant names, else on those of the platform.
Without --password-file a password is generated and printed once; who is known already keeps the old one.

  --tenant SLUG          the clinic
  --role ROLE            ${CLINIC_ROLES.join(", ")};
                         for the platform ${PLATFORM_ROLES.join(", ")}
  --name NAME            the person's name (the e-mail address)
  --password-file FILE   a file that holds the password`,
	run,
};

const OPTIONS = {
	tenant: { type: "string" },
	role: { type: "string", multiple: true },
	name: { type: "string" },
	"password-file": { type: "string" },
} as const;

async function run(args: readonly string[], io: Io): Promise<number> {
	const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
	const [word, ...names] = positionals;
	const { tenant } = values;
	if (word === "list") return list(tenant, io);
	if (word === "disable" || word === "enable") return setStatus(onlyName(names, "e-mail address"), word, tenant, io);
	if (word !== "add") throw new UsageFault("Say what to do: add, list, disable, enable");
	const email = onlyName(names, "e-mail address");
	if (values.role === undefined) throw new UsageFault("What may the person do? Give --role");
	const file = values["password-file"];
	const password = file === undefined ? randomBytes(15).toString("base64url") : readPassword(file);
	const input = { email, password, name: values.name ?? email, roles: values.role };
	return withTenancy(async (tenancy) => {
		const person = await tenancy.addPerson(tenant, input);
		io.out(`${person.email} is added (${person.id})`);
		const isUsed = file === undefined && (await tenancy.checkCredentials({ email, password, tenant })) !== undefined;
		if (isUsed) io.out(`password: ${password}`);
		return 0;
	});
}

async function list(tenant: string | undefined, io: Io): Promise<number> {
	const people = await withTenancy((tenancy) => tenancy.listPeople(tenant));
	for (const { email, status, roles, name } of people) io.out([email, status, roles.join(","), name].join("\t"));
	return 0;
}

function setStatus(email: string, word: "disable" | "enable", tenant: string | undefined, io: Io): Promise<number> {
	const status = word === "disable" ? "disabled" : "active";
	return withTenancy(async (tenancy) => {
		const { id } = await findPerson(tenancy, email, tenant);
		await tenancy.changePerson(tenant, id, { status });
		io.out(`${email} is ${status}`);
		return 0;
	});
}

async function findPerson(tenancy: Tenancy, email: string, tenant: string | undefined): Promise<Person> {
	const person = (await tenancy.listPeople(tenant)).find((one) => one.email === email.trim().toLowerCase());
	if (person === undefined) throw new Problem("not-found", `There is no ${email} there. See: phc user list`);
	return person;
}
