import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { targetOf } from "../../src/cli/connection.ts";
import { readClientEnvironment } from "../../src/config.ts";

t.test("an option goes before the environment, the environment before the demo sign-in", async (t) => {
	const folder = t.testdir({
		"password.txt": "from file\n",
		"login.json": '{"email":"l","password":"p","tenant":"x"}',
	});
	const environment = readClientEnvironment({
		DATA_DIR: folder,
		PHC_SERVER: "https://phc.example/",
		PHC_TENANT: "rampur",
		PHC_EMAIL: "e@x.example",
		PHC_PASSWORD: "from environment",
	});
	const server = "https://phc.example";
	const password = "from environment";
	t.same(targetOf({}, environment), { server, tenant: "rampur", credentials: { email: "e@x.example", password } });
	t.same(
		targetOf({ email: "o@x.example", "password-file": join(folder, "password.txt"), tenant: "demo" }, environment),
		{
			server,
			tenant: "demo",
			credentials: { email: "o@x.example", password: "from file" },
		},
	);
	t.same(targetOf({ token: "given" }, environment).credentials, { token: "given" });
	t.match(targetOf({ login: join(folder, "login.json") }, environment), { tenant: "x", credentials: { email: "l" } });
	writeFileSync(join(folder, "demo-login.json"), '{"email":"d","password":"p","tenant":"demo"}');
	t.match(targetOf({}, readClientEnvironment({ DATA_DIR: folder })), {
		server: "http://127.0.0.1:8080",
		tenant: "demo",
		credentials: { email: "d" },
	});
});

t.test("without a server it is the one on this machine, at its port", async (t) => {
	const environment = readClientEnvironment({ DATA_DIR: t.testdirName, PORT: "18080" });
	t.equal(targetOf({ tenant: "demo", token: "given" }, environment).server, "http://127.0.0.1:18080");
});

t.test("what is missing is named, and no secret with it", async (t) => {
	const empty = readClientEnvironment({ DATA_DIR: t.testdirName });
	t.throws(() => targetOf({}, empty), { message: /--tenant/ });
	t.throws(() => targetOf({ tenant: "demo" }, empty), { message: /--email and --password-file/ });
	t.throws(() => targetOf({ tenant: "demo", email: "e" }, empty), { message: /--password-file/ });
	t.throws(() => targetOf({ tenant: "demo", email: "e", "password-file": "/nowhere" }, empty), {
		message: /cannot be read/,
	});
	t.throws(() => targetOf({ server: "phc.example" }, empty), { message: /http:\/\/ or https:\/\// });
});
