import { randomBytes } from "node:crypto";
import { type Database, whileLocked } from "./database.ts";
import { addPerson, listPeople } from "./people.ts";

const DEFAULT_EMAIL = "admin@localhost";

/** The platform administrator made on first start; `password` is there when it was generated: print it once. */
export type FirstAdmin = { readonly email: string; readonly password?: string };

/**
 * Makes the platform administrator when there is none; `undefined` when there is.
 * @throws Problem `value` when the given address or password breaks a rule.
 */
export async function ensurePlatformAdmin(
	database: Database,
	given: { readonly adminEmail: string | undefined; readonly adminPassword: string | undefined },
): Promise<FirstAdmin | undefined> {
	// Worker processes start together, and one of them makes it.
	const makeOne = async (): Promise<FirstAdmin | undefined> => {
		const people = await listPeople(database);
		if (people.some(({ roles }) => roles.includes("PLATFORM_ADMIN"))) return undefined;
		const email = (given.adminEmail ?? DEFAULT_EMAIL).trim().toLowerCase();
		const password = given.adminPassword ?? randomBytes(15).toString("base64url");
		await addPerson(database, undefined, {
			email,
			password,
			name: "Platform administrator",
			roles: ["PLATFORM_ADMIN"],
		});
		return given.adminPassword === undefined ? { email, password } : { email };
	};
	return whileLocked(database.management, "platform administrator", makeOne, { wait: true });
}
