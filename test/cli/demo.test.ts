import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { phc } from "./support/run.ts";
import { stubServer } from "./support/stub-server.ts";

const MADE = ["--patients", "45", "--today", "2026-01-15"];

t.test("the demo clinic is sent as transactions, the clinic itself before its patients", async (t) => {
	const server = await stubServer();
	t.teardown(server.close);
	const result = await phc(["demo", ...MADE, "--server", server.url, "--tenant", "demo", "--token", "given"]);
	t.match(result, { code: 0, out: /resources stored/ });
	const bundles = server.calls.map(({ body }) => JSON.parse(body));
	t.same(
		bundles.map(({ type }) => type),
		["transaction", "transaction", "transaction", "transaction"],
	);
	t.equal(bundles[0].entry[0].resource.resourceType, "Organization");
	t.ok(server.calls.every(({ token }) => token === "given"));
});

t.test("--out writes NDJSON, the same each time", async (t) => {
	const folder = t.testdir({});
	const paths = ["a.ndjson", "b.ndjson"].map((name) => join(folder, name));
	for (const path of paths) t.match(await phc(["demo", ...MADE, "--out", path]), { code: 0, out: /written to/ });
	const [a, b] = paths.map((path) => readFileSync(path, "utf8"));
	t.equal(a, b);
	const types =
		a
			?.trim()
			.split("\n")
			.map((line) => JSON.parse(line).resourceType) ?? [];
	t.equal(types.filter((type) => type === "Patient").length, 45);
});

t.test("--out with a folder writes a Bundle a patient, which load can send", async (t) => {
	const folder = join(t.testdir({}), "made");
	t.equal((await phc(["demo", ...MADE, "--style", "post", "--out", folder])).code, 0);
	t.equal(readdirSync(folder).length, 46);
	const server = await stubServer();
	t.teardown(server.close);
	const signIn = ["--server", server.url, "--tenant", "demo", "--token", "given"];
	t.equal((await phc(["load", ...signIn, folder])).code, 0);
	t.equal(server.calls.length, 46);
	t.match(server.calls[0]?.body, /"Organization"/);
});

t.test("options are checked", async (t) => {
	t.match(await phc(["demo", "--style", "patch"]), { code: 2, err: /put or post/ });
	t.match(await phc(["demo", "--today", "tomorrow"]), { code: 2, err: /YYYY-MM-DD/ });
	t.match(await phc(["demo", "--patients", "many"]), { code: 2, err: /whole number/ });
});
