import type { Test } from "tap";
import { type Ask, jsonOf, testClinic } from "./clinic.ts";

export const WARDS = "https://clinic.example/wards";

export const wards = {
	resourceType: "CodeSystem",
	id: "wards",
	url: WARDS,
	version: "1",
	name: "Wards",
	title: "Wards of the clinic",
	status: "active",
	content: "complete",
	caseSensitive: true,
	property: [
		{ code: "inactive", type: "boolean" },
		{ code: "notSelectable", type: "boolean" },
		{ code: "beds", type: "integer" },
		{ code: "area", type: "decimal" },
	],
	concept: [
		{
			code: "all",
			display: "All wards",
			property: [{ code: "notSelectable", valueBoolean: true }],
			concept: [
				{
					code: "w1",
					display: "Maternity ward",
					definition: "Where children are born",
					designation: [
						{ language: "hi", value: "प्रसूति वार्ड" },
						{ use: { code: "short" }, value: "Mat" },
						{ use: { system: "urn:uses", code: "sign", display: "On the door" }, value: "Mothers" },
					],
					property: [
						{ code: "beds", valueInteger: 12 },
						{ code: "area", valueDecimal: 84.5 },
					],
				},
				{ code: "w2", display: "Children's ward" },
				{ code: "w0", display: "Old ward", property: [{ code: "inactive", valueBoolean: true }] },
			],
		},
	],
};
export const wardSet = {
	resourceType: "ValueSet",
	id: "wards",
	url: `${WARDS}-set`,
	version: "3",
	name: "WardSet",
	title: "Wards in use",
	status: "active",
	compose: {
		include: [{ system: WARDS }, { system: "http://loinc.org", concept: [{ code: "8867-4", display: "Heart rate" }] }],
	},
};

export const wardMap = {
	resourceType: "ConceptMap",
	id: "map",
	url: "urn:map",
	version: "1",
	status: "active",
	sourceUri: `${WARDS}-set`,
	targetUri: "urn:rooms-set",
	group: [
		{
			source: WARDS,
			target: "urn:rooms",
			element: [
				{ code: "w1", target: [{ code: "r1", display: "Room 1", equivalence: "wider" }] },
				{
					code: "w2",
					target: [
						{
							code: "r2",
							equivalence: "equivalent",
							dependsOn: [{ property: "urn:age", value: "child" }],
							product: [{ property: "urn:floor", system: "urn:floors", value: "2" }],
						},
					],
				},
				{ code: "w0", target: [{ equivalence: "unmatched", comment: "gone" }] },
			],
			unmapped: { mode: "fixed", code: "r0", display: "Any room" },
		},
	],
};

export type Out = { name: string; part?: Out[] } & Record<string, unknown>;
export const told = (out: Out | undefined): unknown => {
	const key = Object.keys(out ?? {}).find((name) => name.startsWith("value"));
	return key === undefined ? undefined : out?.[key];
};
export const one = (outs: readonly Out[], name: string): unknown => told(outs.find((out) => out.name === name));
export const all = (outs: readonly Out[], name: string): Out[] => outs.filter((out) => out.name === name);
export const query = (params: Record<string, string>): string => new URLSearchParams(params).toString();

export const named = (name: string) => ({ name: "name", valueString: name });
export const concept = (code: string) => ({ name: "concept", valueCoding: { system: WARDS, code } });
export type Entries = { group?: { element: { code: string; target: { code: string; equivalence: string }[] }[] }[] };
export const pairs = ({ group = [] }: Entries): string[] =>
	group
		.flatMap(({ element }) => element.flatMap(({ code, target }) => target.map((one) => `${code} < ${one.code}`)))
		.sort();

export type WardClinic = {
	readonly ask: Ask;
	/** The parameters that an operation answers: by GET, or by POST of these. */
	outputs(path: string, parameter?: object[]): Promise<Out[]>;
	/** The ConceptMap that $closure answers. */
	closed(...parameter: object[]): ReturnType<typeof jsonOf>;
};

/** A clinic with a code system of wards, a value set of it, and a map from it. */
export async function wardClinic(t: Pick<Test, "teardown">): Promise<WardClinic> {
	const ask = await testClinic(t);
	await ask("PUT", "CodeSystem/wards", wards);
	await ask("PUT", "ValueSet/wards", wardSet);
	await ask("PUT", "ConceptMap/map", wardMap);
	const outputs = async (path: string, parameter?: object[]): Promise<Out[]> => {
		const body = parameter && { resourceType: "Parameters", parameter };
		return jsonOf(await ask(body ? "POST" : "GET", path, body)).parameter;
	};
	const closed = async (...parameter: object[]) =>
		jsonOf(await ask("POST", "$closure", { resourceType: "Parameters", parameter }));
	return { ask, outputs, closed };
}
