import t from "tap";
import { createDispatch, interactions } from "../../../src/interactions/index.ts";
import type { FhirRequest } from "../../../src/kernel/index.ts";
import { BASE, jsonOf } from "../../support/clinic.ts";
import { refused } from "../../support/refused.ts";
import { asking, type Bundle, matchesOf, patient } from "./asking.ts";

const { ask, put, bundle } = await asking(t);
const FAMILIES = ["Aruna", "Bina", "Chetan", "Dev", "Esha", "Farida", "Gopal", "Hari", "Indu", "Jaya"];
const GIVEN = "Clinicalvalue";
for (const [i, family] of FAMILIES.entries())
	await put(
		patient(`p${i}`, { name: [{ family, given: [GIVEN] }], ...(i % 3 !== 0 && { birthDate: `19${50 + i}-01-01` }) }),
	);

const follow = (found: Bundle, relation: "next" | "previous"): string | undefined =>
	found.link.find((link) => link.relation === relation)?.url.slice(BASE.length + 1);

const SORTS = ["_id", "family", "-family", "birthdate,-family", "-birthdate", "-_lastUpdated"];

t.test("91: pages neither skip nor repeat while others write, in any order", async (t) => {
	for (const [round, sort] of SORTS.entries()) {
		const query = `Patient?given=${GIVEN}&_sort=${sort}`;
		const whole = matchesOf(await bundle(`${query}&_count=100`));
		const found: string[] = [];
		let n = 0;
		for (let next: string | undefined = `${query}&_count=3`; next; ) {
			const page: Bundle = await bundle(next);
			found.push(...matchesOf(page));
			next = follow(page, "next");
			n++;
			await put(patient(`new${round}-${n}`, { name: [{ family: `Aa${n}`, given: [GIVEN] }], birthDate: "1940-01-01" }));
			await put(patient(`newer${round}-${n}`, { name: [{ family: `Zz${n}`, given: [GIVEN] }] }));
			await put(
				patient("p5", { name: [{ family: "Farida", given: [GIVEN, `again${sort}${n}`] }], birthDate: "1955-01-01" }),
			);
			if (n > 9) break;
		}
		const stable = (ids: readonly string[]) => (sort === "-_lastUpdated" ? ids.filter((id) => id !== "p5") : ids);
		t.strictSame(stable(found), stable(whole), `${sort} forward`);
		t.equal(new Set(found).size, found.length, `${sort}: none twice`);
		for (let i = 1; i <= n; i++)
			for (const id of [`new${round}-${i}`, `newer${round}-${i}`]) await ask("DELETE", `Patient/${id}`);
	}
});

t.test("91: a page back under writes is the page that was before", async (t) => {
	const first = await bundle(`Patient?given=${GIVEN}&_sort=family&_count=3`);
	const second = await bundle(follow(first, "next") as string);
	const third = await bundle(follow(second, "next") as string);
	await put(
		patient("between", { name: [{ family: "Bz", given: [GIVEN] }] }),
		patient("between2", { name: [{ family: "Ez", given: [GIVEN] }] }),
	);
	const back = await bundle(follow(third, "previous") as string);
	t.strictSame(matchesOf(back), matchesOf(second));
	const backAgain = await bundle(follow(back, "previous") as string);
	t.strictSame(matchesOf(backAgain), matchesOf(first));
	t.equal(follow(backAgain, "previous"), undefined, "nothing is before the first");
	t.strictSame(matchesOf(await bundle(follow(backAgain, "next") as string)), matchesOf(second), "and forward again");
	for (const id of ["between", "between2"]) await ask("DELETE", `Patient/${id}`);
});

t.test("91: what is deleted between pages is not shown, and nothing else is lost by it", async (t) => {
	await put(
		patient("q1", { active: false }),
		patient("q2", { active: false }),
		patient("q3", { active: false }),
		patient("q4", { active: false }),
	);
	const first = await bundle("Patient?active=false&_count=2");
	t.strictSame(matchesOf(first), ["q1", "q2"]);
	await ask("DELETE", "Patient/q2");
	await ask("DELETE", "Patient/q3");
	t.strictSame(
		matchesOf(await bundle(follow(first, "next") as string)),
		["q4"],
		"the row a link points to may be gone",
	);
});

t.test("91: what began to live after the first page is not shown, however it did", async (t) => {
	for (const id of ["r1", "r2", "r3", "r4", "r6", "r7"]) await put(patient(id, { birthDate: "1931-01-01" }));
	await ask("DELETE", "Patient/r4");
	const query = "Patient?birthdate=1931&_sort=_id&_count=2";
	const first = await bundle(query);
	t.strictSame(matchesOf(first), ["r1", "r2"]);
	const again = (id: string, more = {}) => put(patient(id, { birthDate: "1931-01-01", ...more }));
	await again("r4");
	await again("r5");
	await again("r5", { active: true });
	await again("r6", { active: true });
	await ask("DELETE", "Patient/r7");
	await again("r7");
	await ask("DELETE", "Patient/r1");
	await again("r1");
	const later: string[] = [];
	let back: Bundle | undefined;
	for (let next = follow(first, "next"); next; ) {
		back = await bundle(next);
		later.push(...matchesOf(back));
		next = follow(back, "next");
	}
	t.strictSame(later, ["r3", "r6", "r7"], "r4 was made again, r5 made and changed: new. r6 and r7 were there");
	t.strictSame(matchesOf(await bundle(query.replace("_count=2", "_count=9"))), [
		"r1",
		"r2",
		"r3",
		"r4",
		"r5",
		"r6",
		"r7",
	]);
	for (let i = 1; i <= 7; i++) await ask("DELETE", `Patient/r${i}`);
});

t.test("91: a total stays what the first page said", async (t) => {
	const first = await bundle(`Patient?given=${GIVEN}&_count=3&_total=accurate`);
	await put(patient("extra", { name: [{ family: "Extra", given: [GIVEN] }] }));
	const second = await bundle(follow(first, "next") as string);
	t.strictSame([first.total, second.total], [10, 10]);
	await ask("DELETE", "Patient/extra");
});

t.test("91, 97: a link shows no clinical value, by GET or by POST", async (t) => {
	const form = (text: string) => ({
		body: { kind: "bytes", bytes: Buffer.from(text), mediaType: "application/x-www-form-urlencoded" } as const,
	});
	const posted: Bundle = jsonOf(
		await ask("POST", "Patient/_search", undefined, form(`given=${GIVEN}&_count=4&_sort=family`)),
	);
	const got = await bundle(`Patient?given=${GIVEN}&_count=4&_sort=family&_format=json`);
	for (const found of [posted, got]) {
		const next = follow(found, "next") as string;
		t.match(next, /^Patient\?(_format=json&)?_page=[\w-]+$/);
		t.notMatch(
			Buffer.from(next.split("_page=")[1] as string, "base64url").toString("latin1"),
			new RegExp(`${GIVEN}|given|Dev`),
		);
	}
	const path = follow(posted, "next") as string;
	const again: Bundle = jsonOf(
		await ask("GET", path.replace("Patient?", "Patient?")).catch(async () =>
			ask("POST", path.replace("Patient?", "Patient/_search?"), undefined, form("")),
		),
	);
	t.strictSame(matchesOf(again), ["p4", "p5", "p6", "p7"], "the link of a POST can be followed by GET");
	t.match(follow(got, "next"), /_format=json/, "the format stays");
});

t.test("91: a link is for its clinic, its caller and its path alone", async (t) => {
	const next = follow(await bundle(`Patient?given=${GIVEN}&_count=2`), "next") as string;
	const dispatch = createDispatch(ask.engine, interactions);
	const request: FhirRequest = { method: "GET", path: "Patient", query: next.split("?")[1] as string, conditions: {} };
	const caller = { userId: "u1", roles: ["DOCTOR" as const], tenantId: ask.tenant.id, tenantSlug: "first", scope: "" };
	const context = { tenant: ask.tenant, caller, base: BASE, requestId: "r" };
	t.equal((await dispatch(context, request)).status, 200);
	await refused(t, dispatch({ ...context, caller: { ...caller, userId: "u2" } }, request), 410, "another caller");
	await refused(t, dispatch(context, { ...request, path: "Observation" }), 410, "another path");
	await ask.tenancy.provision({ slug: "other", name: "Other" });
	const tenant = (await ask.tenancy.resolve("other"))?.tenant ?? ask.tenant;
	await refused(
		t,
		dispatch({ ...context, tenant, base: "http://clinic.test/t/other/fhir" }, request),
		410,
		"another clinic",
	);
	for (const wrong of [
		"x",
		"",
		"A".repeat(200),
		next.split("_page=")[1]?.replace(/.$/, (last) => (last === "A" ? "B" : "A")) as string,
	])
		await refused(t, ask("GET", `Patient?_page=${wrong}`), 410, wrong.slice(0, 20));
});

t.test("91: an old link is refused in clear words", async (t) => {
	const next = follow(await bundle(`Patient?given=${GIVEN}&_count=2`), "next") as string;
	const { now } = Date;
	t.teardown(() => {
		Date.now = now;
	});
	Date.now = () => now() + 59 * 60_000;
	t.equal((await ask("GET", next)).status, 200, "within the hour");
	Date.now = () => now() + 61 * 60_000;
	const fault = await refused(t, ask("GET", next), 410, "after it");
	t.match(fault.message, /not valid any more.*Search again from the first page/);
	Date.now = now;
});
