import { setTimeout } from "node:timers/promises";
import t, { type Test } from "tap";
import type { FhirRequest, FhirResponse, Method, Resource, Role } from "../../src/kernel/index.ts";
import { compartmentNode, isInCompartment, type Node, parseSearch, type Restrict } from "../../src/search/index.ts";
import { type Ask, BASE, jsonOf, testClinic } from "../support/clinic.ts";

const OPEN = { system: "http://rules.test", code: "open" };
const NARRATIVE = { status: "generated", div: '<div xmlns="http://www.w3.org/1999/xhtml">fever</div>' };

/** Resources of which half bear the tag, so that open ones refer to hidden ones and hidden ones to open ones. */
function world(): Resource[] {
	const tag = (n: number) => (n % 2 === 0 ? { meta: { tag: [OPEN] } } : {});
	const to = (type: string, n: number) => ({ reference: `${type}/${n}` });
	const made: Resource[] = [];
	for (const n of [0, 1]) {
		made.push({ resourceType: "Organization", id: `${n}`, ...tag(n), name: `Org ${n}` });
		made.push({ resourceType: "Practitioner", id: `${n}`, ...tag(n), name: [{ family: `Doc${n}` }] });
	}
	for (const n of [0, 1, 2, 3, 4, 5]) {
		made.push({
			resourceType: "Patient",
			id: `${n}`,
			...tag(n >> 1),
			text: NARRATIVE,
			identifier: [{ system: "urn:ids", value: `v${n % 3}` }],
			name: [{ family: n % 2 ? "Rao" : "Devi", given: [`Given${n}`] }],
			gender: n % 3 ? "female" : "male",
			birthDate: `19${60 + n * 5}-01-01`,
			generalPractitioner: [to("Practitioner", n % 2)],
			managingOrganization: to("Organization", (n >> 1) % 2),
		});
		made.push({
			resourceType: "Encounter",
			id: `${n}`,
			...tag(n),
			status: "finished",
			class: { code: "AMB" },
			subject: to("Patient", n),
			period: { start: `2024-01-1${n}` },
		});
	}
	for (let n = 0; n < 24; n++) {
		made.push({
			resourceType: "Observation",
			id: `${n}`,
			...tag((n * 7) >> 2),
			status: n % 5 ? "final" : "amended",
			code: { coding: [{ system: "http://loinc.org", code: `c${n % 3}` }] },
			subject: to("Patient", n % 6),
			encounter: to("Encounter", n % 6),
			performer: [to("Practitioner", n % 2)],
			...(n % 4 ? { effectiveDateTime: `2024-02-${String((n % 6) + 10)}` } : {}),
			...(n % 3
				? { valueQuantity: { value: n % 7, unit: "kg", system: "http://unitsofmeasure.org", code: "kg" } }
				: {}),
			...(n % 8 === 0 && { hasMember: [{ reference: `Observation/${n + 1}/_history/1` }, to("Observation", n + 2)] }),
		});
	}
	for (const n of [0, 1]) {
		const item = [0, 1, 2, 3, 4].map((one) => ({ item: to(one < 3 ? "Patient" : "Observation", one + n) }));
		made.push({ resourceType: "List", id: `l${n}`, ...tag(n), status: "current", mode: "working", entry: item });
		made.push({
			resourceType: "Provenance",
			id: `${n}`,
			...tag(n),
			target: [to("Observation", 2 + n), to("Observation", 5)],
			recorded: "2024-01-01T00:00:00Z",
			agent: [{ who: to("Practitioner", n) }],
		});
	}
	return made;
}

const QUERIES = [
	...["Patient", "Observation", "Encounter", "List"].flatMap((type) => [
		`${type}?_total=accurate`,
		`${type}?_summary=count`,
		`${type}?_count=0`,
	]),
	"Patient?name=Devi&_total=accurate",
	"Patient?gender=female&_sort=-birthdate,_id&_total=accurate",
	"Patient?gender:not=male&_sort=family,-given",
	"Patient?identifier=urn:ids|v1",
	"Patient?_id=0,1,2,3",
	"Patient?_lastUpdated=gt2020-01-01&_sort=_lastUpdated",
	"Patient?_text=fever",
	"Patient?_content=Given1",
	"Patient?_tag=http://rules.test|open",
	"Patient?_tag:not=http://rules.test|open",
	"Patient?organization:missing=false",
	"Patient?link:missing=true&_total=accurate",
	"Patient?general-practitioner.name=Doc1",
	"Patient?organization.name=Org 1&_total=accurate",
	"Patient?_has:Observation:subject:code=c1",
	"Patient?_has:Observation:patient:status=amended&_total=accurate",
	"Patient?_has:Observation:subject:encounter.date=2024-01-13",
	"Patient?_has:Observation:subject:_has:Provenance:target:agent=Practitioner/1",
	"Patient?_has:Encounter:subject:date=ge2024-01-12&_sort=birthdate",
	"Patient?_list=l0",
	"Patient?_list=l1",
	"Observation?_list=l0&_total=accurate",
	"Patient?_filter=gender eq female or name sw R",
	"Patient?_filter=not (organization.name sw Org)",
	"Patient?_revinclude=Observation:subject",
	"Patient?_revinclude=Observation:subject&_revinclude:iterate=Provenance:target",
	"Patient?_include=Patient:general-practitioner&_include=Patient:organization",
	"Patient?_include=*",
	"Observation?_include=Observation:subject&_include:iterate=Patient:organization",
	"Observation?_include=Observation:has-member",
	"Observation?_include:iterate=Observation:has-member&_count=3",
	"Observation?_include=*&_revinclude=Observation:*&_count=4",
	"Observation?code=c1&_sort=-date&_count=2&_total=accurate",
	"Observation?_sort=value-quantity,-code&_count=3",
	"Observation?_sort=status,patient&_count=5&_total=estimate",
	"Observation?date=ge2024-02-12&_sort=date&_count=2",
	"Observation?date:missing=true",
	"Observation?value-quantity=gt2||kg&_total=accurate",
	"Observation?code-value-quantity=http://loinc.org|c1$gt1||kg",
	"Observation?patient=Patient/2&_sort=date",
	"Observation?patient=Patient/0,Patient/1,Patient/3",
	"Observation?subject:Patient.name=Rao&_total=accurate",
	"Observation?patient.organization.name=Org 0",
	"Observation?patient.gender:not=male",
	"Observation?patient._has:Encounter:subject:date=2024-01-11",
	"Observation?patient._id=1,2",
	"Observation?encounter.patient.name=Devi",
	"Observation?status:not=final&_total=accurate",
	"Observation?_in-compartment=Patient/2",
	"Observation?_filter=subject.name eq Devi",
	"Observation?_filter=subject[gender eq female].name sw R",
	"Observation?_filter=not (subject[name sw R].gender eq female)",
	"Patient?_count=3&_revinclude=*",
	"Patient?_count=3&_revinclude:iterate=*",
	"Observation?_count=3&_include:iterate=*",
	"Patient?_id:not=1,2",
	"Patient/1/Observation",
	"Patient/2/Observation?_total=accurate",
	"Patient/2/*?_total=accurate",
	"Practitioner/1/*",
	"?_type=Patient,Observation,List&_count=7&_total=accurate",
	"?_type=Encounter,Organization&_sort=_lastUpdated&_count=3",
	"?_lastUpdated=gt2020-01-01&_summary=count",
	"Patient/_history",
	"Observation/_history?_count=5",
	"_history?_count=20",
	"Patient/1",
	"Patient/2",
	"Patient/1/_history/1",
	"Patient/2/_history/1",
	"Patient/1/_history",
	"Observation/3",
];

/** Node of a search of one type. */
function nodeOf({ engine }: Ask, type: string, name: string, value: string): Node {
	const scope = { registry: engine.registry, base: BASE, timeZone: "Asia/Kolkata", strict: true, now: 0 };
	return parseSearch(scope, type, [[name, value]]).filter;
}

type Rule = {
	readonly restrict: (ask: Ask) => Restrict;
	readonly sees: (one: Resource, all: readonly Resource[]) => boolean;
	/** A write may then change what else can be seen. */
	readonly looksAround?: true;
};
const isOpen = ({ meta }: Resource): boolean => Array.isArray(meta?.tag);
const subjectOf = ({ subject, id, resourceType }: Resource): string =>
	resourceType === "Patient" ? `Patient/${id}` : String((subject as { reference?: string } | undefined)?.reference);
const COMPARTMENT = ["Patient", "Observation", "Encounter"];

const RULES: Readonly<Record<string, Rule>> = {
	"a tag": {
		restrict: (ask) => (type) => nodeOf(ask, type, "_tag", `${OPEN.system}|${OPEN.code}`),
		sees: isOpen,
	},
	"a compartment": {
		restrict: (ask) => (type) => {
			const { registry } = ask.engine;
			if (type === "Provenance" || type === "List") return { kind: "nothing" };
			return isInCompartment(registry, "Patient", type) ? compartmentNode(registry, type, "Patient", "2") : undefined;
		},
		sees: (one) =>
			COMPARTMENT.includes(one.resourceType)
				? subjectOf(one) === "Patient/2"
				: ["Organization", "Practitioner"].includes(one.resourceType),
	},
	"rules that look at other resources, hidden ones too": {
		looksAround: true,
		restrict: (ask) => (type) => {
			if (type === "Patient") return nodeOf(ask, type, "_has:Observation:subject:status", "amended");
			if (type === "Observation") return nodeOf(ask, type, "subject:Patient.general-practitioner.name", "Doc1");
			if (type === "Encounter") return nodeOf(ask, type, "patient:Patient._list", "l1");
			return type === "List" ? { kind: "nothing" } : undefined;
		},
		sees: (one, all) => {
			const number = Number(subjectOf(one).split("/")[1]);
			const amended = all.some((other) => other.status === "amended" && subjectOf(other) === subjectOf(one));
			if (one.resourceType === "Patient") return amended;
			if (one.resourceType === "Observation") return number % 2 === 1;
			if (one.resourceType === "Encounter") return number >= 1 && number <= 3;
			return one.resourceType !== "List";
		},
	},
};

type Told = { status: number; total?: number; pages: string[] };

/** All that an answer tells: status, total, and every page's entries in order (and back again). */
async function told(ask: Ask, url: string): Promise<Told> {
	const first = await attempt(ask, "GET", url);
	const bundle = first.body === undefined ? {} : jsonOf(first);
	const pages: string[] = [];
	for (let page = bundle; first.status === 200; ) {
		pages.push(contentOf(page));
		const next = page.link?.find(({ relation }: { relation: string }) => relation === "next")?.url;
		if (next === undefined) break;
		page = jsonOf(await ask("GET", next.slice(BASE.length).replace(/^\//, "")));
	}
	return { status: first.status, total: bundle.total, pages };
}

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
const contentOf = (answer: any): string =>
	answer.resourceType !== "Bundle"
		? `${answer.resourceType}/${answer.id}`
		: (answer.entry ?? [])
				// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
				.map(({ resource, search }: any) => `${resource.resourceType}/${resource.id} ${search?.mode ?? ""}`)
				.join(", ");

async function attempt(
	ask: Ask,
	method: Method,
	url: string,
	body?: unknown,
	more?: Partial<FhirRequest> & { roles?: Role[] },
): Promise<FhirResponse> {
	return ask(method, url, body, more).catch((error: { status?: number }) => {
		if (error.status === undefined) throw error;
		return { status: error.status };
	});
}

/** One after another, each in a millisecond of its own, so that both clinics have one order. */
async function fill(ask: Ask, resources: readonly Resource[]): Promise<void> {
	for (const one of resources) {
		await ask("PUT", `${one.resourceType}/${one.id}`, one);
		await setTimeout(2);
	}
}

for (const [name, { restrict, sees, looksAround }] of Object.entries(RULES)) {
	t.test(`restricted by ${name}, every answer is that of a clinic without the hidden resources`, async (t) => {
		const all = world();
		const visible = all.filter((one) => sees(one, all));
		t.ok(visible.length > 0 && visible.length < all.length);
		const [full, twin] = [await testClinic(t), await testClinic(t)];
		await fill(full, all);
		await fill(twin, visible);
		const restriction = restrict(full);
		Object.assign(full.engine, { restrictionOf: () => restriction });
		let found = 0;
		for (const url of QUERIES) {
			const expected = await told(twin, url);
			t.same(await told(full, url), expected, url);
			found += expected.pages.join("").length > 0 ? 1 : 0;
		}
		t.ok(found > 20, `${found} queries find something`);
		if (looksAround) return;
		const hidden = all.filter((one) => !visible.includes(one));
		await t.test("writes neither find nor touch what is hidden", (t) => writes(t, full, twin, hidden));
	});
}

async function writes(t: Test, full: Ask, twin: Ask, hidden: readonly Resource[]): Promise<void> {
	const body = (more: object = {}) => ({
		resourceType: "Patient",
		meta: { tag: [OPEN] },
		name: [{ family: "New" }],
		...more,
	});
	const stored = async (): Promise<Resource[]> => {
		const { restrictionOf } = full.engine;
		Object.assign(full.engine, { restrictionOf: () => undefined });
		const found: Resource[] = [];
		for (const { resourceType, id } of hidden) found.push(jsonOf(await full("GET", `${resourceType}/${id}`)));
		Object.assign(full.engine, { restrictionOf });
		return found;
	};
	const before = await stored();
	const status = async (...[method, url, sent, more]: [Method, string, unknown?, Partial<FhirRequest>?]) => {
		const [own, other] = [await attempt(full, method, url, sent, more), await attempt(twin, method, url, sent, more)];
		t.equal(own.status, other.status, `${method} ${url} ${JSON.stringify(more ?? {})}: ${other.status}`);
	};
	for (const value of ["v0", "v1", "v2"]) {
		await status("POST", "Patient", body(), { conditions: { ifNoneExist: `identifier=urn:ids|${value}` } });
		await status("PATCH", `Patient?identifier=urn:ids|${value}`, [{ op: "add", path: "/active", value: true }], {
			body: {
				kind: "json",
				tree: [{ op: "add", path: "/active", value: true }],
				mediaType: "application/json-patch+json",
			},
		});
	}
	for (const n of [0, 1, 2, 3, 4, 5]) {
		const query = `name=Given${n}`;
		await status("PUT", `Patient?${query}`, body());
		const entry = [{ request: { method: "POST", url: "Patient", ifNoneExist: `${query}&_id=${n}` }, resource: body() }];
		await status("POST", "", { resourceType: "Bundle", type: "transaction", entry });
		await status("DELETE", `Patient?${query}&_id=${n}`);
		await status("DELETE", `Encounter/${n}`);
		await status("DELETE", `Observation?_id=${n}`);
		const remove = [{ request: { method: "DELETE", url: `Observation/${n + 6}` } }];
		await status("POST", "", { resourceType: "Bundle", type: "transaction", entry: remove });
	}
	for (const { resourceType, id } of before) {
		const { status: code } = await attempt(full, "PUT", `${resourceType}/${id}`, { ...body(), resourceType, id });
		t.ok(code >= 400, `an id that is taken stays taken: ${code}`);
	}
	t.same(await stored(), before, "what is hidden is as it was");
}

t.test("PHARMACIST comes upon no types that the role may not read", async (t) => {
	const ask = await testClinic(t);
	await fill(ask, world());
	const request = { resourceType: "MedicationRequest", id: "m", status: "active", intent: "order" };
	const medicine = { medicationCodeableConcept: { text: "x" }, subject: { reference: "Patient/1" } };
	await fill(ask, [{ ...request, ...medicine, encounter: { reference: "Encounter/1" } }]);
	const as = async (url: string, role: Role) => contentOf(jsonOf(await ask("GET", url, undefined, { roles: [role] })));
	const finds = async (url: string, expected: string) => {
		t.equal(await as(url, "PHARMACIST"), expected, url);
		t.not(await as(url, "NURSE"), expected, `a NURSE sees more by ${url}`);
	};
	await finds("Patient?_id=1&_revinclude=Observation:subject", "Patient/1 match");
	await finds("Patient?_id=1&_revinclude=*", "Patient/1 match, MedicationRequest/m include");
	await finds("Patient?_has:Observation:subject:status=final", "");
	await finds("Patient?_list=l0", "");
	await finds("Patient?general-practitioner.name=Doc1", "");
	await finds("Patient?_filter=general-practitioner.name eq Doc1", "");
	await finds("MedicationRequest?encounter.status=finished", "");
	await finds("MedicationRequest?_include=MedicationRequest:encounter", "MedicationRequest/m match");
	t.equal(await as("MedicationRequest?patient.name=Rao", "PHARMACIST"), "MedicationRequest/m match");
	t.equal(await as("Patient?_has:MedicationRequest:subject:status=active", "PHARMACIST"), "Patient/1 match");
});
