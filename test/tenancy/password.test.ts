import t from "tap";
import { checkPassword, hashPassword, isPassword } from "../../src/tenancy/password.ts";

t.test("a password needs length, variety and no commonplace, and is never repeated in the refusal", async (t) => {
	const refused: [string, RegExp][] = [
		["Sh0rt!", /8 to 256/],
		["aaaaaaaaaabb", /5 different/],
		["Password123", /guesser/],
		["me@phc.example", /e-mail/],
		["x".repeat(257), /8 to 256/],
	];
	for (const [password, rule] of refused) {
		t.throws(() => checkPassword(password, "password", "me@phc.example"), rule);
		t.throws(() => checkPassword(password, "password", "me@phc.example"), new RegExp(`^(?!.*${password})`));
	}
	for (const password of ["tulsi-42", "correct horse battery", "नमस्ते दुनिया जी"]) {
		t.doesNotThrow(() => checkPassword(password, "password", "me@phc.example"));
	}
});

t.test("only the right password matches, and nothing matches who is not there", async (t) => {
	const kept = await hashPassword("tulsi-42");
	const long = "🙂".repeat(200);
	t.ok(await isPassword(await hashPassword(long), long));
	t.match(kept, /^\$argon2id\$/);
	t.ok(await isPassword(kept, "tulsi-42"));
	t.notOk(await isPassword(kept, "tulsi-43"));
	t.notOk(await isPassword(undefined, "a password that nobody has"));
});
