import t from "tap";
import { type Entry, post, urn } from "../../support/bundle.ts";
import { BASE, jsonOf, somePatient, testClinic } from "../../support/clinic.ts";
import { contentsOf } from "../../support/contents.ts";
import { refused } from "../../support/refused.ts";

const ask = await testClinic(t);
const transaction = (entries: readonly Entry[]) => post(ask, "transaction", entries);
const observation = (more: object) => ({ resourceType: "Observation", status: "final", code: { text: "x" }, ...more });
const identifier = (value: string) => [{ system: "urn:x", value }];
const create = (fullUrl: string | undefined, resource: { resourceType: string }, more = {}): Entry => ({
	method: "POST",
	url: resource.resourceType,
	fullUrl,
	resource,
	...more,
});
const place = (answer: { response: { location?: string } } | undefined): string =>
	(answer?.response.location ?? "").slice(BASE.length + 1).replace(/\/_history.*/, "");

t.test("a full URL becomes the place in references at any depth, both ways", async (t) => {
	const answers = await transaction([
		create(
			urn(1),
			observation({
				subject: { reference: urn(2) },
				hasMember: [{ reference: urn(3) }],
				contained: [{ resourceType: "Specimen", id: "s", subject: { reference: urn(2) } }],
				specimen: { reference: "#s" },
			}),
		),
		create(
			urn(2),
			somePatient({ extension: [{ url: "http://example.org/r", valueReference: { reference: urn(1) } }] }),
		),
		create(urn(3), observation({ derivedFrom: [{ reference: urn(3) }] })),
	]);
	const [one, two, three] = answers.map(place);
	t.strictSame([answers[0]?.resource.subject.reference, answers[0]?.resource.hasMember[0].reference], [two, three]);
	t.equal(answers[0]?.resource.contained[0].subject.reference, two);
	t.equal(answers[0]?.resource.specimen.reference, "#s");
	t.equal(answers[1]?.resource.extension[0].valueReference.reference, one);
	t.equal(answers[2]?.resource.derivedFrom[0].reference, three);
	t.strictSame(
		jsonOf(await ask("GET", one as string)).subject,
		answers[0]?.resource.subject,
		"what is stored is what is answered",
	);
});

t.test(
	"uri, url, oid, uuid and links in narrative are replaced; canonicals, strings and identifiers stay",
	async (t) => {
		const div = (href: string, src: string) =>
			`<div xmlns="http://www.w3.org/1999/xhtml"><a href="${href}">urn:x ${href}</a><img src='${src}' alt="x"/></div>`;
		const values = { valueUri: urn(2), valueUrl: urn(2), valueUuid: urn(2) };
		const answers = await transaction([
			create(urn(1), {
				resourceType: "Basic",
				code: { text: urn(2) },
				text: { status: "generated", div: div(urn(2), urn(3)) },
				identifier: [{ system: "urn:ietf:rfc:3986", value: urn(2) }],
				extension: [
					...Object.entries(values).map(([name, value]) => ({ url: "http://example.org/x", [name]: value })),
					{ url: "http://example.org/x", valueCanonical: urn(2) },
					{ url: "http://example.org/x", valueString: urn(2) },
					{ url: "http://example.org/x", valueUri: `${urn(2)}9` },
				],
			} as { resourceType: string }),
			create(urn(2), somePatient()),
			create(urn(3), { resourceType: "Binary", contentType: "image/png" } as { resourceType: string }),
		]);
		const [, two, three] = answers.map(place);
		const { resource } = answers[0] ?? {};
		t.match(resource.text.div, `<a href="${two}">urn:x ${urn(2)}</a>`);
		t.match(resource.text.div, `src="${three}"`);
		t.strictSame(
			resource.extension.slice(0, 3).map((e: object) => Object.values(e)[1]),
			[two, two, two],
		);
		t.strictSame(
			resource.extension.slice(3).map((e: object) => Object.values(e)[1]),
			[urn(2), urn(2), `${urn(2)}9`],
		);
		t.strictSame([resource.identifier[0].value, resource.code.text], [urn(2), urn(2)]);
	},
);

t.test("relative and absolute full URLs are followed", async (t) => {
	const base = "http://elsewhere.test/fhir";
	const answers = await transaction([
		create(`${base}/Patient/7`, somePatient({ id: "7" })),
		create(
			`${base}/Observation/8`,
			observation({
				id: "8",
				subject: { reference: "Patient/7" },
				performer: [
					{ reference: `${base}/Patient/7` },
					{ reference: "Practitioner/7" },
					{ reference: `${base}/Patient/77` },
				],
			}),
		),
	]);
	const [patient] = answers.map(place);
	t.not(patient, "Patient/7");
	const { resource } = answers[1] ?? {};
	t.equal(resource.subject.reference, patient);
	t.strictSame(
		resource.performer.map(({ reference }: { reference: string }) => reference),
		[patient, "Practitioner/7", `${base}/Patient/77`],
	);
});

t.test("references to updated entries, and to what a conditional write finds, lead to it", async (t) => {
	await ask("PUT", "Patient/known", somePatient({ id: "known", identifier: identifier("known") }));
	await ask("PUT", "Patient/other", somePatient({ id: "other", identifier: identifier("other") }));
	const answers = await transaction([
		create(urn(1), somePatient({ identifier: identifier("known") }), { ifNoneExist: "identifier=urn:x|known" }),
		{
			method: "PUT",
			url: "Patient?identifier=urn:x|other",
			fullUrl: urn(2),
			resource: somePatient({ identifier: identifier("other"), gender: "male" }),
		},
		{ method: "PUT", url: "Patient/put", fullUrl: urn(3), resource: somePatient({ id: "put" }) },
		create(
			urn(4),
			observation({ subject: { reference: urn(1) }, performer: [{ reference: urn(2) }, { reference: urn(3) }] }),
		),
	]);
	const { subject, performer } = answers[3]?.resource ?? {};
	t.equal(subject.reference, "Patient/known");
	t.strictSame(
		performer.map(({ reference }: { reference: string }) => reference),
		["Patient/other", "Patient/put"],
	);
	t.equal((await ask("GET", "Patient/known")).etag, 'W/"1"', "what was found is not written");
	t.equal(jsonOf(await ask("GET", "Observation?subject=known&_summary=count")).total, 1, "and the new link is indexed");
});

t.test("a reference to a version stays one", async (t) => {
	await ask("PUT", "Patient/versions", somePatient({ id: "versions" }));
	const answers = await transaction([
		create(urn(1), somePatient()),
		{
			method: "PUT",
			url: "Patient/versions",
			fullUrl: urn(2),
			resource: somePatient({ id: "versions", gender: "male" }),
		},
		create(
			urn(3),
			observation({
				subject: { reference: `${urn(1)}/_history/1` },
				performer: [{ reference: `${urn(2)}/_history/1` }, { reference: "Practitioner/x/_history/4" }],
			}),
		),
	]);
	const { subject, performer } = answers[2]?.resource ?? {};
	t.equal(subject.reference, `${place(answers[0])}/_history/1`);
	t.strictSame(
		performer.map(({ reference }: { reference: string }) => reference),
		["Patient/versions/_history/2", "Practitioner/x/_history/4"],
	);
	t.equal((await ask("GET", subject.reference)).status, 200);
});

t.test("a urn that no entry answers to fails the whole", async (t) => {
	const before = await contentsOf(ask);
	for (const reference of [urn(9), "urn:oid:1.2.3", `${urn(9)}/_history/1`]) {
		const problem = await refused(
			t,
			transaction([create(urn(1), somePatient()), create(urn(2), observation({ subject: { reference } }))]),
			400,
			reference,
		);
		t.match(problem.message, /^Bundle\.entry\[1\]: /);
	}
	t.strictSame(await contentsOf(ask), before);
});

t.test("full URLs are unique, name no version and agree with the resource", async (t) => {
	const before = await contentsOf(ask);
	const patient = somePatient({ id: "p" });
	for (const entries of [
		[create(urn(1), patient), create(urn(1), patient)],
		[create("http://elsewhere.test/Patient/p/_history/1", patient)],
		[create("http://elsewhere.test/Patient/q", patient)],
		[create("http://elsewhere.test/Person/p", patient)],
	]) {
		t.match((await refused(t, transaction(entries), 400)).issues[0], {
			expression: /^Bundle\.entry\[[01]\]\.fullUrl$/,
		});
	}
	t.strictSame(await contentsOf(ask), before);
});

t.test("conditional references see what was there and what the same transaction makes", async (t) => {
	await ask("PUT", "Patient/there", somePatient({ id: "there", identifier: identifier("there") }));
	const entries = [
		create(
			urn(1),
			observation({
				subject: { reference: "Patient?identifier=urn:x|there" },
				performer: [{ reference: "Practitioner?identifier=urn:x|made" }],
			}),
		),
		create(urn(2), { resourceType: "Practitioner", identifier: identifier("made") } as { resourceType: string }),
	];
	for (const order of [entries, entries.toReversed()]) {
		const answers = await transaction(order.map((entry) => ({ ...entry })));
		const made = answers[order.indexOf(entries[1] as Entry)];
		const { subject, performer } = answers[order.indexOf(entries[0] as Entry)]?.resource ?? {};
		t.strictSame([subject.reference, performer[0].reference], ["Patient/there", place(made)]);
		t.equal(jsonOf(await ask("GET", `Observation?performer=${place(made)}&_summary=count`)).total, 1);
		await ask("DELETE", place(made));
	}
});

t.test("a conditional reference may lead to an entry that holds one itself", async (t) => {
	await ask("PUT", "Patient/chain", somePatient({ id: "chain", identifier: identifier("chain") }));
	const subject = { reference: "Patient?identifier=urn:x|chain" };
	const observed = (n: number, more = {}) => observation({ identifier: identifier(`o${n}`), subject, ...more });
	const entries = [
		create(urn(1), observed(1, { hasMember: [{ reference: "Observation?identifier=urn:x|o2" }] })),
		create(
			urn(2),
			observed(2, { hasMember: [{ reference: "Observation?identifier=urn:x|o3" }, { reference: urn(1) }] }),
		),
		create(urn(3), observed(3, { focus: [{ reference: "Observation?identifier=urn:x|o3" }] })),
	];
	for (const order of [
		[0, 1, 2],
		[2, 1, 0],
		[1, 2, 0],
	]) {
		const before = await contentsOf(ask);
		const answers = await transaction(order.map((i) => entries[i] as Entry));
		const at = (n: number) => answers[order.indexOf(n)];
		const members = (n: number, name = "hasMember") =>
			at(n)?.resource[name].map(({ reference }: { reference: string }) => reference);
		t.strictSame(members(0), [place(at(1))]);
		t.strictSame(members(1), [place(at(2)), place(at(0))]);
		t.strictSame(members(2, "focus"), [place(at(2))]);
		for (const n of [0, 1, 2]) {
			t.equal(at(n)?.response.etag, 'W/"1"');
			t.strictSame(jsonOf(await ask("GET", place(at(n)))), at(n)?.resource);
		}
		t.strictSame(
			await contentsOf(ask),
			{ ...before, observation: (before.observation ?? 0) + 3 },
			"no version beside the first",
		);
		t.equal(jsonOf(await ask("GET", `Observation?has-member=${place(at(1))}&_summary=count`)).total, 1);
		for (const n of [0, 1, 2]) await ask("DELETE", place(at(n)));
	}
});

t.test("a conditional reference that finds none, several, or cannot be read fails the whole", async (t) => {
	for (const id of ["m1", "m2"]) await ask("PUT", `Patient/${id}`, somePatient({ id, identifier: identifier("many") }));
	const before = await contentsOf(ask);
	const cases: [number, string][] = [
		[422, "Patient?identifier=urn:x|nobody"],
		[412, "Patient?identifier=urn:x|many"],
		[400, "Patient?nonsense=1"],
		[400, "Patient?"],
		[400, "Patient?identifier="],
	];
	for (const [status, reference] of cases) {
		const work = transaction([
			create(undefined, somePatient()),
			create(undefined, observation({ subject: { reference } })),
		]);
		const problem = await refused(t, work, status, reference);
		t.match(problem.message, /^Bundle\.entry\[1\]/);
		t.notMatch(problem.message, /urn:x/, "the criteria may be clinical content");
	}
	t.strictSame(await contentsOf(ask), before);
});

t.test("a conditional reference does not find what the same transaction deletes", async (t) => {
	await ask("PUT", "Patient/leaving", somePatient({ id: "leaving", identifier: identifier("leaving") }));
	const before = await contentsOf(ask);
	const entries = [
		create(undefined, observation({ subject: { reference: "Patient?identifier=urn:x|leaving" } })),
		{ method: "DELETE", url: "Patient/leaving" },
	];
	await refused(t, transaction(entries), 422);
	t.strictSame(await contentsOf(ask), before);
});
