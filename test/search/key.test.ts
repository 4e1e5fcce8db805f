import pg from "pg";
import t from "tap";
import { entryOf, keyHash, keyText, sqlHash } from "../../src/search/key.ts";
import { testDatabase } from "../support/database.ts";

const { url } = await testDatabase(t);

t.test("a key is the same in SQL and in JavaScript, for every script", async (t) => {
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	t.teardown(() => client.end());
	const values = ["", "x", "a b", "आशा", "👩🏽‍⚕️", "e\u0301", "\u2028", "'\"\\", "|,$", "x".repeat(5000), "\u{10ffff}"];
	const texts = values.flatMap((value) => [keyText("Patient", "identifier", entryOf("coding", "urn:x", value)), value]);
	const { rows } = await client.query(
		`SELECT ${sqlHash("t")}::text AS key FROM unnest($1::text[]) WITH ORDINALITY AS u(t, n) ORDER BY n`,
		[texts],
	);
	t.strictSame(
		texts.map(keyHash),
		rows.map(({ key }) => key),
	);
	t.strictSame(
		texts.map(keyHash),
		rows.map(({ key }) => key),
		"and again, from the cache",
	);
});

t.test("parts do not run together", async (t) => {
	t.not(entryOf("c", "de"), entryOf("cd", "e"));
	t.not(keyHash(keyText("Patient", "identifier", "1")), keyHash(keyText("Person", "identifier", "1")));
});

t.test("a full cache forgets, it does not err", async (t) => {
	const first = keyHash("first");
	for (let i = 0; i < 20_001; i++) keyHash(`filler ${i}`);
	t.equal(keyHash("first"), first);
});
