import t from "tap";
import { emailOf, PASSWORD, serverApp } from "../support/server-app.ts";

const { app, call, lines, platformToken, tokenOf } = await serverApp(t, { clinics: ["first"], logLevel: "trace" });
const NAME = "Lakshmi-Venkataraman";
const ABHA = "91-4321-8765-2109";
const PHONE = "9876501234";
const NOTE = "HIV-positive-since-March";
const at = "/t/first/fhir";
const JSON_TYPE = { "content-type": "application/json" };

t.test("no log line of the whole server tells of a patient or a secret", async (t) => {
	const token = await tokenOf("first", "DOCTOR");
	const root = await platformToken();
	const email = emailOf("first", "DOCTOR");
	const login = await call("POST", "/auth/login", undefined, {
		body: { email, password: PASSWORD, tenant: "first" },
		headers: JSON_TYPE,
	});
	const { refresh_token: refresh } = login.json();
	const patient = {
		resourceType: "Patient",
		id: NAME,
		name: [{ text: NAME }],
		identifier: [{ system: "https://healthid.ndhm.gov.in", value: ABHA }],
		telecom: [{ system: "phone", value: PHONE }],
	};
	const bundle = (type: string, resource: object) => ({
		resourceType: "Bundle",
		type,
		entry: [{ resource, request: { method: "PUT", url: `Patient/${NAME}` } }],
	});
	const statuses = new Set<number>();
	const say = async (...[method, path, as, sent]: Parameters<typeof call>) => {
		statuses.add((await call(method, path, as, sent)).statusCode);
	};
	await say("PUT", `${at}/Patient/${NAME}`, token, { body: patient });
	await say("GET", `${at}/Patient/${NAME}?_elements=${NAME}`, token);
	await say("GET", `${at}/Patient?identifier=${ABHA}&name=${NAME}`, token);
	await say("POST", `${at}/Patient/_search`, token, {
		body: `identifier=${ABHA}`,
		headers: { "content-type": "application/x-www-form-urlencoded" },
	});
	await say("POST", at, token, { body: bundle("transaction", { ...patient, gender: NOTE }) });
	await say("POST", at, token, { body: bundle("batch", { ...patient, birthDate: NOTE }) });
	await say("POST", `${at}/Patient`, token, { body: `{"resourceType":"Patient","${NAME}":"${NOTE}` });
	await say("POST", `${at}/Patient`, token, {
		body: { ...patient, [NAME]: NOTE },
		headers: { "if-none-exist": `identifier=${ABHA}` },
	});
	await say("PUT", `${at}/Binary/${NAME}`, token, { body: NOTE, headers: { "content-type": "text/plain" } });
	await say("GET", `${at}/${NAME}/${PHONE}`, token);
	await say("GET", `/nothing/${NAME}?token=${token}`, token);
	await say("GET", `${at}/Patient/%zz${NAME}`, token);
	await say("GET", `${at}/Patient/1`, `${token}x`);
	await say("GET", `${at}/Patient/1`, undefined, {
		headers: { authorization: `Basic ${PASSWORD}`, cookie: `s=${token}` },
	});
	await say("POST", "/auth/login", undefined, { body: { email, password: `${PASSWORD}!` }, headers: JSON_TYPE });
	await say("POST", "/auth/login", undefined, { body: `{"password":"${PASSWORD}"`, headers: JSON_TYPE });
	await say("POST", "/auth/refresh", undefined, { body: { refresh_token: refresh }, headers: JSON_TYPE });
	await say("POST", "/auth/refresh", undefined, { body: { refresh_token: refresh }, headers: JSON_TYPE });
	await say("POST", "/admin/tenants/first/users", root, {
		body: { email: "new@first.example", password: PASSWORD, name: NAME, roles: ["NURSE"] },
		headers: JSON_TYPE,
	});
	t.ok(
		[200, 201, 400, 401, 404].every((status) => statuses.has(status)),
		`${[...statuses]}`,
	);

	const log = lines.join("");
	t.ok(lines.length >= 19, `${lines.length} lines`);
	const [, claims = "", signature = ""] = token.split(".");
	const secrets = { NAME, ABHA, digits: ABHA.replaceAll("-", ""), PHONE, NOTE, PASSWORD, claims, signature, refresh };
	for (const [name, secret] of Object.entries(secrets)) t.notOk(log.includes(secret), `${name} is in no line`);
});

t.test("a fault of the server is logged with its place, without what it quotes", async (t) => {
	const token = await tokenOf("first", "DOCTOR");
	await app.database.pool().query("alter table t_first.patient rename to patient_away");
	const from = lines.length;
	const body = { resourceType: "Patient", id: NAME, name: [{ text: NAME }] };
	const reply = await call("PUT", `${at}/Patient/${NAME}`, token, { body });
	await app.database.pool().query("alter table t_first.patient_away rename to patient");
	t.equal(reply.statusCode, 500);
	t.match(reply.json(), { resourceType: "OperationOutcome" });
	t.notMatch(reply.body, /patient_away|select|relation/i);
	const log = lines.slice(from).join("");
	t.match(log, reply.headers["x-request-id"] as string);
	t.match(log, /src\/store\//);
	t.notMatch(log, NAME);
});

t.test("each request has one line that names clinic, person, route, status and time", async (t) => {
	const token = await tokenOf("first", "DOCTOR");
	const from = lines.length;
	const { headers } = await call("GET", `${at}/Patient/none`, token);
	const said = lines.slice(from).map((line) => JSON.parse(line));
	t.equal(said.length, 1);
	t.match(said[0], {
		reqId: headers["x-request-id"],
		tenant: "first",
		user: /^[0-9a-f-]{36}$/,
		route: "/t/:slug/fhir/:type/:id",
		method: "GET",
		status: 404,
		ms: Number,
	});
});
