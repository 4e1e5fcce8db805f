import fhirpath from "fhirpath";
import r4 from "fhirpath/fhir-context/r4";
import t from "tap";
import { loadRegistry, alternatives as unionOf } from "../../src/definitions/index.ts";
import type { Json, JsonObject, Resource } from "../../src/kernel/index.ts";
import { compileExpression, targetType } from "../../src/search/expression.ts";
import { type Sink, select } from "../../src/search/index-path.ts";
import { indexableTypes } from "../../src/search/indexable-types.ts";
import { searchTable } from "../../src/search/parameters.ts";
import { r4Examples } from "../support/r4-examples.ts";

const registry = loadRegistry();
/** Hands over what a compiled expression selects; a path with a target keeps the references to that type. */
function compiled(expression: string, type: string): ((resource: Resource, sink: Sink) => void) | undefined {
	const paths = compileExpression(expression, type, registry);
	if (!paths) return undefined;
	return (resource, sink) => {
		for (const path of paths) {
			select(path, resource, resource, (value, ...rest) => {
				if (path.target === undefined || targetType(value, resource) === path.target) sink(value, ...rest);
			});
		}
	};
}

/** Every example, by type. */
function examples(): Map<string, Resource[]> {
	const byType = new Map<string, Resource[]>();
	for (const { text } of r4Examples()) {
		const resource = JSON.parse(text) as Resource;
		const group = byType.get(resource.resourceType) ?? [];
		byType.set(resource.resourceType, group);
		group.push(resource);
	}
	return byType;
}

let root: Resource = { resourceType: "" };

/** `resolve() is T` needs no server: the reference, or the contained resource it names, tells the type. */
const refersTo = {
	fn: (nodes: JsonObject[], type: string): boolean[] =>
		nodes.map(({ reference, type: told }) => {
			const text = String(reference ?? "");
			const inner = text.startsWith("#") && (root.contained as JsonObject[]).find(({ id }) => id === text.slice(1));
			return (
				(inner ? inner.resourceType : (/([A-Z][A-Za-z]+)\/[^/]+(\/_history\/[^/]+)?$/.exec(text)?.[1] ?? told)) === type
			);
		}),
	arity: { 1: ["String"] },
};

/** The alternatives each by itself: their union would compare the values, which FHIRPath cannot do for all quantities. */
const byFhirpath = (expression: string): ((resource: Resource) => unknown[]) => {
	const alternatives = unionOf(expression).map((alternative) => {
		// The standard writes "as" also over lists, where FHIRPath allows one item only, and a type in another case.
		const readable = alternative
			.replace(/resolve\(\) is (\w+)/g, "refersTo('$1')")
			.replace(/ as (\w+)|\.as\(/g, (_, type) => (type ? `.ofType(${type})` : ".ofType("))
			.replace("ofType(DateTime)", "ofType(dateTime)");
		return fhirpath.compile(readable, r4, { userInvocationTable: { refersTo } as never });
	});
	return (resource) => {
		root = resource;
		return alternatives.flatMap((evaluate) => evaluate(resource) as unknown[]);
	};
};

/** Values without regard to order: a union in FHIRPath is a set. */
const setOf = (values: readonly unknown[]): string[] =>
	[...new Set(values.map((value) => JSON.stringify(value)))].sort();

/** Parameters without an expression in R4: other parts of a search answer them. */
const WITHOUT_EXPRESSION = new Set(["_text", "_content", "_query"]);

t.test(
	"compiled expressions select what fhirpath selects: every parameter, every example",
	{ timeout: 240_000 },
	async (t) => {
		const differing: string[] = [];
		const silent: string[] = [];
		let compared = 0;
		let found = 0;
		for (const [type, resources] of examples()) {
			for (const { code, expression } of registry.searchParameters(type).values()) {
				if (expression === undefined) {
					if (!WITHOUT_EXPRESSION.has(code)) silent.push(`${type}.${code} has no expression`);
					continue;
				}
				const chosen = compiled(expression, type);
				if (!chosen) {
					silent.push(`${type}.${code}: ${expression}`);
					continue;
				}
				const reference = byFhirpath(expression);
				for (const resource of resources) {
					const values: Json[] = [];
					chosen(resource, (value) => void values.push(value));
					const theirs = reference(resource);
					compared++;
					found += values.length;
					if (values.length === 0 && theirs.length === 0) continue;
					const [left, right] = [setOf(values), setOf(theirs)];
					if (left.join() !== right.join())
						differing.push(`${type}/${resource.id} ${code} (${expression}): ${left} ≠ ${right}`);
				}
			}
		}
		t.strictSame(differing, []);
		t.strictSame(silent, [], "every parameter can be compiled");
		t.ok(compared > 100_000 && found > 50_000, `${compared} comparisons, ${found} values`);
	},
);

t.test("components of composites select what fhirpath selects within each base", { timeout: 240_000 }, async (t) => {
	const differing: string[] = [];
	let found = 0;
	for (const [type, resources] of examples()) {
		for (const parameter of searchTable(registry, type).parameters.values()) {
			if (parameter.kind !== "composite") continue;
			const { code, components = [], expression = "" } = parameter.definition;
			for (const [n, base] of unionOf(expression).entries()) {
				for (const [m, component] of components.entries()) {
					const text = component.expression.startsWith("%resource.")
						? `${type}.${component.expression.slice("%resource.".length)}`
						: unionOf(component.expression)
								.map((one) => `(${base}).select(${one})`)
								.join(" | ");
					const reference = byFhirpath(text);
					const paths = parameter.alternatives[n]?.components[m]?.paths ?? [];
					for (const resource of resources) {
						const values: Json[] = [];
						for (const path of paths) select(path, resource, resource, (value) => void values.push(value));
						found += values.length;
						for (const { type: selected } of values.length > 0 ? paths : [])
							if (!indexableTypes(parameter.alternatives[n]?.components[m]?.definition.type ?? "special").has(selected))
								differing.push(`${type} ${code} ${text}: a ${selected} cannot be searched by its parameter`);
						const [ours, theirs] = [setOf(values), setOf(reference(resource))];
						if (ours.join() !== theirs.join())
							differing.push(`${type}/${resource.id} ${code} ${text}: ${ours} ≠ ${theirs}`);
					}
				}
			}
		}
	}
	t.strictSame(differing, []);
	t.ok(found > 1000, `${found} values`);
});

t.test("the type and the implied system of a value are told", async (t) => {
	const told = (expression: string, resource: Resource): string[] => {
		const found: string[] = [];
		compiled(expression, resource.resourceType)?.(resource, (_value, type, system) =>
			found.push(`${type} ${system ?? "-"}`),
		);
		return found;
	};
	t.strictSame(told("Patient.gender", { resourceType: "Patient", gender: "male" }), [
		"code http://hl7.org/fhir/administrative-gender",
	]);
	t.strictSame(told("Patient.identifier", { resourceType: "Patient", identifier: [{ value: "1" }] }), ["Identifier -"]);
	t.strictSame(
		told("Observation.value as CodeableConcept", { resourceType: "Observation", valueCodeableConcept: {} }),
		["CodeableConcept -"],
	);
	t.strictSame(told("(Observation.value as CodeableConcept)", { resourceType: "Observation", valueString: "x" }), []);
	t.strictSame(
		told("Bundle.entry[0].resource", {
			resourceType: "Bundle",
			entry: [{ resource: { resourceType: "Patient" } }, { resource: { resourceType: "Basic" } }],
		}),
		["Patient -"],
	);
});

t.test("null items, absent values and wrong shapes select nothing", async (t) => {
	const chosen = compiled("Patient.name.given", "Patient");
	for (const name of [undefined, null, "x", 1, [], [{}], [{ given: [null] }], [null], [{ given: null }]]) {
		const found: Json[] = [];
		chosen?.({ resourceType: "Patient", name } as Resource, (value) => void found.push(value));
		t.strictSame(found, [], JSON.stringify(name));
	}
});

t.test("an expression outside the subset is not compiled to something else", async (t) => {
	for (const expression of [
		"Patient.name.where(use = 'a' and family = 'b')",
		"Patient.nonsense",
		"Patient.name.count()",
		"iif(true, 1, 2)",
		"Patient.name is HumanName",
	]) {
		t.equal(compileExpression(expression, "Patient", registry), undefined, expression);
	}
});
