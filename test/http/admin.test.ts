import t from "tap";
import { PASSWORD, testServer } from "../support/server.ts";

const { call, login, tokenOf, auth } = await testServer(t);
const root = await tokenOf("root@platform.example");
const make = (slug: string) =>
	call("POST", "/admin/tenants", root, {
		slug,
		name: slug,
		adminEmail: `admin@${slug}.example`,
		adminPassword: PASSWORD,
	});

await make("alpha");
await make("beta");
const admin = await tokenOf("admin@alpha.example");
const nurse = { email: "nurse@alpha.example", password: PASSWORD, name: "Nurse", roles: ["NURSE"] };

t.test("makes, lists, reads and suspends clinics", async (t) => {
	const made = await call("POST", "/admin/tenants", root, { slug: "gamma", name: "Gamma", timeZone: "Asia/Kolkata" });
	t.equal(made.statusCode, 201);
	t.equal(made.headers.location, "/admin/tenants/gamma");
	t.match(made.json(), { id: String, slug: "gamma", status: "active", timeZone: "Asia/Kolkata" });
	const list = (await call("GET", "/admin/tenants", root)).json();
	t.same(
		list.map(({ slug }: { slug: string }) => slug),
		["alpha", "beta", "gamma"],
	);
	const suspended = await call("PATCH", "/admin/tenants/gamma", root, { status: "suspended" });
	t.match(suspended.json(), { status: "suspended" });
	t.match((await call("GET", "/admin/tenants/gamma", root)).json(), { status: "suspended" });
	t.equal((await call("GET", "/admin/tenants/nowhere", root)).statusCode, 404);
	t.equal((await make("alpha")).statusCode, 409);
});

t.test("faults are problem details that name the field and never a password", async (t) => {
	const wrong = { slug: "Bad Slug", name: "X", adminEmail: "x@y.z", adminPassword: PASSWORD };
	const answer = await call("POST", "/admin/tenants", root, wrong);
	t.equal(answer.statusCode, 400);
	t.match(answer.headers["content-type"], "application/problem+json");
	t.match(answer.json(), { status: 400, errors: [{ field: "slug", detail: /small letters/ }] });
	t.notMatch(answer.body, PASSWORD);
	const unknown = await call("POST", "/admin/tenants", root, { slug: "delta", name: 5, color: "red" });
	t.match(unknown.json(), { errors: [{ field: "color" }, { field: "name", detail: /must be string/ }] });
	const near = await call("POST", "/admin/tenants", root, { slug: "delta", name: "Delta", timezone: "Asia/Kolkata" });
	t.match(near.json(), { errors: [{ field: "timezone", detail: /did you mean timeZone\?/ }] });
	const role = await call("POST", "/admin/tenants/alpha/users", root, { ...nurse, roles: ["WIZARD"] });
	t.match(role.json().errors[0], { field: "roles.0", detail: /ADMIN, DOCTOR/ });
	const weak = await call("POST", "/admin/tenants/alpha/users", root, { ...nurse, password: "short" });
	t.match(weak.json(), { errors: [{ field: "password", detail: /8 to 256/ }] });
	t.notMatch(weak.body, /short"/);
});

t.test("a clinic's ADMIN manages the people of that clinic and nothing else", async (t) => {
	const added = await call("POST", "/admin/tenants/alpha/users", admin, nurse);
	t.equal(added.statusCode, 201);
	const { id } = added.json();
	t.match(added.json(), { id: String, email: nurse.email, roles: ["NURSE"], status: "active" });
	t.notMatch(added.body, /password|argon2/i);
	t.equal((await call("GET", "/admin/tenants/alpha/users", admin)).json().length, 2);
	const changed = await call("PATCH", `/admin/tenants/alpha/users/${id}`, admin, { roles: ["DOCTOR", "NURSE"] });
	t.same(changed.json().roles, ["DOCTOR", "NURSE"]);
	t.equal((await call("POST", "/admin/tenants/alpha/users", admin, nurse)).statusCode, 409);
	const refusals = await Promise.all([
		call("GET", "/admin/tenants", admin),
		call("POST", "/admin/tenants", admin, { slug: "mine", name: "Mine" }),
		call("PATCH", "/admin/tenants/alpha", admin, { status: "suspended" }),
		call("GET", "/admin/tenants/beta/users", admin),
		call("GET", "/admin/tenants/nowhere/users", admin),
		call("POST", "/admin/tenants/beta/users", admin, nurse),
		call("GET", "/admin/users", admin),
		call("POST", "/admin/users", admin, { ...nurse, roles: ["PLATFORM_ADMIN"] }),
		call("GET", "/admin/tenants/alpha/users", await tokenOf("nurse@alpha.example")),
	]);
	t.same([...new Set(refusals.map(({ statusCode }) => statusCode))], [403]);
	t.equal((await call("GET", "/admin/tenants/alpha/users")).statusCode, 401);
	t.equal((await call("GET", "/admin/tenants/alpha/users", `${admin}x`)).statusCode, 401);
});

t.test("a person of two clinics keeps the password and has a role in each", async (t) => {
	const shared = { email: "both@phc.example", password: PASSWORD, name: "Both", roles: ["DOCTOR"] };
	const first = (await call("POST", "/admin/tenants/alpha/users", root, shared)).json();
	const other = { ...shared, password: "another password 1", roles: ["AUDITOR"] };
	const second = (await call("POST", "/admin/tenants/beta/users", root, other)).json();
	t.equal(first.id, second.id);
	t.equal((await login("both@phc.example", "beta", "another password 1")).statusCode, 401);
	t.equal((await login("both@phc.example")).statusCode, 401, "which clinic is not said");
	t.same((await auth.authenticate(await tokenOf("both@phc.example", "alpha"))).roles, ["DOCTOR"]);
	t.same((await auth.authenticate(await tokenOf("both@phc.example", "beta"))).roles, ["AUDITOR"]);
	await call("PATCH", `/admin/tenants/alpha/users/${first.id}`, root, { status: "disabled" });
	t.equal((await login("both@phc.example", "alpha")).statusCode, 401);
	t.equal((await login("both@phc.example", "beta")).statusCode, 200);
});

t.test("disabling a person and suspending a clinic take effect at once", async (t) => {
	const doctor = { email: "doctor@beta.example", password: PASSWORD, name: "Dr B", roles: ["DOCTOR"] };
	const { id } = (await call("POST", "/admin/tenants/beta/users", root, doctor)).json();
	const signedIn = (await login(doctor.email)).json();
	const ask = () =>
		auth.authenticate(signedIn.access_token).then(
			() => "served",
			({ kind }: { kind: string }) => kind,
		);
	t.equal(await ask(), "served");
	await call("PATCH", `/admin/tenants/beta/users/${id}`, root, { roles: ["NURSE"] });
	t.same((await auth.authenticate(signedIn.access_token)).roles, ["NURSE"]);
	await call("PATCH", `/admin/tenants/beta/users/${id}`, root, { status: "disabled" });
	t.equal(await ask(), "unauthenticated");
	await call("PATCH", `/admin/tenants/beta/users/${id}`, root, { status: "active" });
	t.equal(await ask(), "served");
	await call("PATCH", "/admin/tenants/beta", root, { status: "suspended" });
	t.equal(await ask(), "suspended");
	const refresh = await call("POST", "/auth/refresh", undefined, { refresh_token: signedIn.refresh_token });
	t.equal(refresh.statusCode, 401);
	t.equal((await login(doctor.email)).statusCode, 401);
	await call("PATCH", "/admin/tenants/beta", root, { status: "active" });
});

t.test("somebody must be left to administer", async (t) => {
	const people = (await call("GET", "/admin/tenants/alpha/users", admin)).json();
	const { id } = people.find(({ roles }: { roles: string[] }) => roles.includes("ADMIN"));
	const last = await call("PATCH", `/admin/tenants/alpha/users/${id}`, admin, { status: "disabled" });
	t.equal(last.statusCode, 409);
	t.equal((await call("GET", "/admin/tenants/alpha/users", admin)).statusCode, 200);
	const [owner] = (await call("GET", "/admin/users", root)).json();
	t.equal((await call("PATCH", `/admin/users/${owner.id}`, root, { roles: ["AUDITOR"] })).statusCode, 409);
	const unknown = "01890000-0000-7000-8000-000000000000";
	t.equal((await call("PATCH", `/admin/users/${unknown}`, root, { status: "disabled" })).statusCode, 404);
	t.equal((await call("PATCH", "/admin/users/not-an-id", root, { status: "disabled" })).statusCode, 404);
});

t.test("an AUDITOR of the platform stands outside every clinic", async (t) => {
	const auditor = { email: "auditor@platform.example", password: PASSWORD, name: "Auditor", roles: ["AUDITOR"] };
	t.equal((await call("POST", "/admin/users", root, auditor)).statusCode, 201);
	const token = await tokenOf(auditor.email);
	const caller = await auth.authenticate(token);
	t.same([caller.tenantId, caller.roles], [undefined, ["AUDITOR"]]);
	t.equal((await call("GET", "/admin/tenants", token)).statusCode, 403);
});
