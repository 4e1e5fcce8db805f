import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { launch, post, serve, until } from "./support/server-process.ts";

t.test("a first start that is killed is completed by the next, which tells the sign-in once", async (t) => {
	const dataDir = t.testdir({});
	const seeded = { SEED_DEMO: "true", ADMIN_EMAIL: "", ADMIN_PASSWORD: "" };
	const [administrator, doctor] = ["first-sign-in.txt", "demo-login.json"].map((name) => join(dataDir, name)) as [
		string,
		string,
	];
	const { child } = launch(t, dataDir, seeded);
	await until(() => existsSync(administrator));
	child.kill("SIGKILL");
	const second = await serve(t, dataDir, seeded);
	await until(() => second.said().includes("sign in with"));
	t.match(second.said(), `sign in with ${doctor}`);
	for (const file of [administrator, doctor]) t.equal(statSync(file).mode & 0o777, 0o600, file);
	const [email, password] = readFileSync(administrator, "utf8").split("\n");
	t.equal((await post(`${second.url}/auth/login`, { email, password })).status, 200);
	const login = await post(`${second.url}/auth/login`, JSON.parse(readFileSync(doctor, "utf8")));
	const { access_token: token } = (await login.json()) as { access_token: string };
	const count = await fetch(`${second.url}/fhir/Patient?_summary=count`, {
		headers: { authorization: `Bearer ${token}` },
	});
	t.match(await count.json(), { total: 25 });
	second.kill("SIGTERM");
	t.same(await second.ended, [0, null]);
	const third = await serve(t, dataDir, seeded);
	third.kill("SIGTERM");
	t.same(await third.ended, [0, null]);
	t.equal(third.said().trim(), `PHC Commons FHIR is at ${third.url}`);
});
