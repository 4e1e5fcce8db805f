import t from "tap";
import { definitionsOf, type ElementRule, layer, loadDefinitions, type Profile } from "../../src/definitions/index.ts";
import {
	differentialOf,
	NRCES,
	OFFICIAL,
	ofType,
	PROFILES,
	resourcesIn,
	withoutOfficial,
} from "../support/profiles.ts";

const ours = ofType(resourcesIn(PROFILES).values(), "StructureDefinition");
const definitions = loadDefinitions();
/** The task's inputs and outputs: the guide spells out what R4 means by a reference without targets. */
const ANYTHING = "http://hl7.org/fhir/StructureDefinition/Resource";

t.test("a snapshot is made of every profile, with each element of its differential", async (t) => {
	for (const resource of ours) {
		const profile = definitions.profile(String(resource.url));
		const ids = new Set(profile?.elements.map(({ id }) => id));
		t.ok(ids.size > 3, String(resource.id));
		t.strictSame(
			differentialOf(resource).filter(({ id }) => !ids.has(id)),
			[],
			String(resource.id),
		);
	}
});

t.test("value sets and code systems are found by canonical", async (t) => {
	for (const type of ["ValueSet", "CodeSystem"]) {
		for (const { url, id } of ofType(resourcesIn(PROFILES).values(), type)) {
			t.equal(definitions.resource(type, String(url))?.id, id);
		}
	}
});

t.test("with the official guide beside ours", { skip: withoutOfficial }, async (t) => {
	const official = layer(definitionsOf([...resourcesIn(OFFICIAL).values()]), definitions);
	const nrces = ours.filter(({ url }) => String(url).startsWith(NRCES));

	t.test("the official one answers for its version, and where none is asked for", async (t) => {
		for (const { url, version } of nrces) {
			t.equal(official.profile(`${url}`)?.version, "6.5.0");
			t.equal(official.profile(`${url}|6.5.0`)?.version, "6.5.0");
			t.equal(official.profile(`${url}|${version}`)?.version, version);
			t.equal(definitions.profile(`${url}`)?.version, version);
			t.equal(definitions.profile(`${url}|6.5.0`), undefined);
		}
	});

	t.test("our snapshots have the rules of the official ones", async (t) => {
		for (const { id, url } of nrces) {
			const [mine, theirs] = [rulesOf(definitions.profile(`${url}`)), rulesOf(official.profile(`${url}`))];
			t.strictSame([...mine.keys()].sort(), [...theirs.keys()].sort(), `${id} has the same elements`);
			for (const [element, rule] of theirs) t.strictSame(mine.get(element), rule, `${id}: ${element}`);
		}
	});
});

/** What a snapshot says of each element; what is in no order is sorted. */
const rulesOf = (profile: Profile | undefined): Map<string, unknown> =>
	new Map(profile?.elements.map((element) => [element.id, withoutOrder(element)]));

const withoutOrder = ({ types, constraints = [], ...rest }: ElementRule) => ({
	...rest,
	constraints: constraints.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
	types: types.map(({ targetProfiles, ...type }) => ({
		...type,
		targetProfiles: [...new Set(targetProfiles)].filter((target) => target !== ANYTHING).sort(),
	})),
});
