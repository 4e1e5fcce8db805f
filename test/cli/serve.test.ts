import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import t from "tap";
import { greeting } from "../../src/cli/serve.ts";
import { phc } from "./support/run.ts";

const main = join(import.meta.dirname, "../../src/cli/main.ts");

t.test("a start says where the server is, and shows a password only when it made one", async (t) => {
	const url = "http://127.0.0.1:8080";
	t.same(greeting({ url, first: {} }), [`PHC Commons FHIR is at ${url}`]);
	const given = greeting({ url, first: { administrator: { email: "root@x.example" } } }).join("\n");
	t.match(given, "root@x.example");
	t.notMatch(given, "password");
});

t.test("one command serves a demo clinic that load and demo can use, and ends when asked", async (t) => {
	const dataDir = t.testdir({});
	const env = {
		...process.env,
		PORT: "0",
		DATA_DIR: dataDir,
		LOG_LEVEL: "silent",
		DATABASE_URL: "",
		SEED_DEMO: "true",
	};
	const child = spawn(process.execPath, [main, "serve"], { env, stdio: ["ignore", "pipe", "inherit"] });
	t.teardown(() => child.kill("SIGKILL"));
	const lines: string[] = [];
	let url: string | undefined;
	for await (const line of createInterface({ input: child.stdout })) {
		lines.push(line);
		url ??= /^PHC Commons FHIR is at (http\S+)$/.exec(line)?.[1];
		if (line.includes("kept in")) break;
	}
	const said = lines.join("\n");
	const login = join(dataDir, "demo-login.json");
	t.match(said, login);
	t.notMatch(said, JSON.parse(readFileSync(login, "utf8")).password, "the doctor's password stands in the file only");
	for (const file of [login, join(dataDir, "first-sign-in.txt")]) t.equal(statSync(file).mode & 0o777, 0o600);
	const at = ["--server", url as string, "--login", login];
	t.match(await phc(["demo", ...at, "--patients", "30", "--seed", "9"]), { code: 0, out: /resources stored/, err: "" });
	t.equal((await phc(["demo", "--patients", "12", "--style", "post", "--out", join(dataDir, "made")])).code, 0);
	t.match(await phc(["load", ...at, join(dataDir, "made")]), { code: 0, out: /resources stored/, err: "" });
	const lined = join(dataDir, "made.ndjson");
	t.equal((await phc(["demo", "--patients", "12", "--out", lined])).code, 0);
	t.match(await phc(["load", ...at, lined]), { code: 0, out: /resources stored/, err: "" });
	await t.test("the README's four lines of curl work as printed", async (t) => {
		const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
		const lines = readme.split("\n").filter((line) => line.includes("curl -s"));
		const script = lines.map((line) => `${line}\necho`).join("\n");
		const here = script.replaceAll("http://127.0.0.1:8080", url as string).replaceAll("@.data/", `@${dataDir}/`);
		const answers = execFileSync("bash", ["-euc", here], { encoding: "utf8" }).split("\n").filter(Boolean);
		const [created, found, done] = answers.map((text) => JSON.parse(text));
		t.match(created, { resourceType: "Patient", name: [{}, { text: "आशा देवी" }] });
		t.match(found, { type: "searchset", entry: [{ resource: { id: created.id } }] });
		t.match(done, {
			type: "transaction-response",
			entry: [{ response: { status: /^201/ } }, { response: { status: /^201/ } }],
		});
	});
	child.kill("SIGTERM");
	t.same(await once(child, "exit"), [0, null]);
});
