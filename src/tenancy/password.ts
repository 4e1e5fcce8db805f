import { hash, verify } from "@node-rs/argon2";
import { Problem } from "../kernel/index.ts";

const LEAST = 8;
const MOST = 256;

/** What a guesser tries first, of the length that is allowed. */
const COMMON = new Set(
	(
		"password password1 password12 password123 passw0rd p@ssw0rd p@ssword 12345678 123456789 1234567890 0123456789 " +
		"11223344 12341234 87654321 1q2w3e4r qwertyui qwertyuiop qwerty12 qwerty123 qwerty1234 asdfghjkl abcd1234 abc12345 " +
		"iloveyou india123 india@123 admin123 admin1234 admin@123 welcome1 welcome123 letmein1 changeme changeme1 test1234"
	).split(" "),
);

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
	if (COMMON.has(password.toLowerCase())) throw fault("is among the first that a guesser tries: choose another");
	if (email !== "" && password.toLowerCase().includes(email.toLowerCase()))
		throw fault("must not hold the e-mail address");
}

export const hashPassword = (password: string): Promise<string> => hash(password, COST);

let nobody: Promise<string> | undefined;

/** Whether `password` is the one of `passwordHash`; for an unknown person (`undefined`) it costs the same and is false. */
export async function isPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
	nobody ??= hashPassword("a password that nobody has");
	const matches = await verify(passwordHash ?? (await nobody), password);
	return matches && passwordHash !== undefined;
}
