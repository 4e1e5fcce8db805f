import t from "tap";
import { PASSWORD } from "../support/server-app.ts";
import { dumpOf, toldBy, twoClinics } from "./two-clinics.ts";

const server = await twoClinics(t);
const { call, tokenOf, platformToken } = server;
const ADMIN = await tokenOf("first", "ADMIN");
const JSON_TYPE = { "content-type": "application/json" };
const ROOT = await platformToken();
const people = (await call("GET", "/admin/tenants/second/users", ROOT)).json();
const [{ id }] = people;

const body = { email: "new@second.example", password: PASSWORD, name: "New", roles: ["ADMIN"] };
const requests: readonly [string, string, object?][] = [
	["GET", "/admin/tenants/second"],
	["PATCH", "/admin/tenants/second", { status: "suspended" }],
	["GET", "/admin/tenants/second/users"],
	["POST", "/admin/tenants/second/users", body],
	["PATCH", `/admin/tenants/second/users/${id}`, { status: "disabled" }],
	["PATCH", `/admin/tenants/second/users/${id}`, { roles: ["NURSE"] }],
];

t.test("the ADMIN of one clinic administers nothing of another, and learns nothing of it", async (t) => {
	const before = await dumpOf(server, "second");
	for (const [method, path, sent] of requests) {
		const told = new Set<string>();
		for (const slug of ["second", "nowhere"]) {
			const reply = await call(method, path.replace("second", slug), ADMIN, { body: sent, headers: JSON_TYPE });
			t.equal(reply.statusCode, 403, `${method} ${path}`);
			told.add(toldBy(reply));
		}
		t.equal(told.size, 1, `${method} ${path}`);
	}
	t.strictSame(await dumpOf(server, "second"), before);
});

t.test("nor through the own clinic's name", async (t) => {
	const before = await dumpOf(server, "second");
	const change = { body: { status: "disabled" }, headers: JSON_TYPE };
	t.equal((await call("PATCH", `/admin/tenants/first/users/${id}`, ADMIN, change)).statusCode, 404);
	const own = await call("GET", "/admin/tenants/first/users", ADMIN);
	t.equal(own.json().length, 2);
	t.notMatch(own.body, "second");
	t.strictSame(await dumpOf(server, "second"), before);
});

t.test("what belongs to the platform needs its administrator", async (t) => {
	const clinic = { body: { slug: "third", name: "Third" }, headers: JSON_TYPE };
	for (const token of [ADMIN, await platformToken("AUDITOR"), await tokenOf("first", "DOCTOR")]) {
		for (const path of ["/admin/tenants", "/admin/users"]) {
			const reply = await call("GET", path, token);
			t.equal(reply.statusCode, 403);
			t.notMatch(reply.body, "second");
		}
		t.equal((await call("POST", "/admin/tenants", token, clinic)).statusCode, 403);
		t.equal((await call("GET", "/admin/tenants/second/users", token)).statusCode, 403);
	}
	t.equal((await call("GET", "/admin/tenants", ROOT)).json().length, 2, "no clinic was made");
});

t.test("the people of the platform have no clinic's data", async (t) => {
	for (const path of ["/t/second/fhir/Patient/1", "/fhir/Patient/1", "/fhir/Patient"]) {
		const reply = await call("GET", path, ROOT);
		t.equal(reply.statusCode, 403, path);
		t.notMatch(reply.body, "Belongs-To");
	}
});
