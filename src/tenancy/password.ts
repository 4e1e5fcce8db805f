import { hash, verify } from "@node-rs/argon2";
import { Problem } from "../kernel/index.ts";

const LEAST = 12;
const MOST = 256;

/** Argon2id with 19 MiB, two passes, one lane. https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/**
 * Checks a new password for length and for what a guesser tries first.
 * @throws Problem `value` that says the rule and never the password.
 */
export function checkPassword(password: string, expression: string, email = ""): void {
	const fault = (rule: string) => new Problem("value", { text: `${expression} ${rule}.`, expression });
	const length = [...password].length;
	if (length < LEAST || length > MOST) throw fault(`must have ${LEAST} to ${MOST} characters`);
	if (new Set(password).size < 5) throw fault("must have at least 5 different characters");
	if (email !== "" && password.toLowerCase().includes(email.toLowerCase()))
		throw fault("must not hold the e-mail address");
}

export const hashPassword = (password: string): Promise<string> => hash(password, COST);

let nobody: Promise<string> | undefined;

/** Whether `password` is the one of `passwordHash`; for an unknown person (`undefined`) it costs the same and is false. */
export async function isPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
	nobody ??= hashPassword("a password that nobody has");
	const matches = await verify(passwordHash ?? (await nobody), password.slice(0, MOST));
	return matches && passwordHash !== undefined;
}
