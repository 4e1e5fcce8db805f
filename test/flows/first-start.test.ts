import { readFileSync, statSync } from "node:fs";
import t from "tap";
import type { App } from "../../src/app.ts";
import { firstStart } from "../../src/first-start.ts";
import { serverApp } from "../support/server-app.ts";

const { app, config, call } = await serverApp(t, { clinics: [], administrator: false });
const settings = { ...config, seedDemo: true };
const JSON_TYPE = { "content-type": "application/json" };
const login = (body: object) => call("POST", "/auth/login", undefined, { body, headers: JSON_TYPE });
const broken = async (): Promise<never> => {
	throw new Error("the power went out");
};
const withTenancy = (change: Partial<App["tenancy"]>): App => ({ ...app, tenancy: { ...app.tenancy, ...change } });

t.test("a start broken off anywhere is completed by the next", async (t) => {
	await t.rejects(firstStart(withTenancy({ ensurePlatformAdmin: broken }), settings), "before the administrator");
	await t.rejects(firstStart(withTenancy({ provision: broken }), settings), "before the clinic");
	const [email, password] = readFileSync(`${config.dataDir}/first-sign-in.txt`, "utf8").split("\n");
	t.equal((await login({ email, password })).statusCode, 200, "the administrator's password was kept in time");
	await t.rejects(firstStart({ ...app, dispatch: broken }, settings), "before the patients");
	await t.rejects(firstStart(withTenancy({ addPerson: broken }), settings), "before the doctor");
	const { administrator, demo } = await firstStart(app, settings);
	t.equal(administrator, undefined, "the administrator was made before");
	const file = demo?.file as string;
	t.equal(statSync(file).mode & 0o777, 0o600);
	const signedIn = await login(JSON.parse(readFileSync(file, "utf8")));
	t.equal(signedIn.statusCode, 200);
	const count = await call("GET", "/fhir/Patient?_summary=count", signedIn.json().access_token);
	t.equal(count.json().total, demo?.patients, "no patient is there twice");
	t.strictSame(await firstStart(app, settings), {}, "and a later start makes nothing");
});

t.test("the sign-in file stays true when the demo clinic is made anew", async (t) => {
	await app.tenancy.drop("demo");
	const { demo } = await firstStart(app, settings);
	const signedIn = await login(JSON.parse(readFileSync(demo?.file as string, "utf8")));
	t.equal(signedIn.statusCode, 200);
});
