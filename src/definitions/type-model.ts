import type { ElementModel, TypeModel } from "./model.ts";
import type { PackedElement, PackedModel, PackedType } from "./packed-model.ts";

/** A lookup of type models that unpacks each type when it is first asked for, and shares inherited elements. */
export function typeModels(model: PackedModel): (name: string) => TypeModel | undefined {
	const built = new Map<string, TypeModel>();
	const build = (name: string): TypeModel | undefined => {
		const known = built.get(name);
		if (known) return known;
		if (!Object.hasOwn(model.types, name)) return undefined;
		const packed = model.types[name] as PackedType;
		const inherited = packed.base ? build(packed.base)?.elements : undefined;
		const elements = new Map(inherited);
		for (const row of packed.elements) {
			for (const element of unpackElement(row, model.valueSets)) elements.set(element.name, element);
		}
		const type = { name, base: packed.base, kind: packed.kind, elements };
		built.set(name, type);
		return type;
	};
	return build;
}

function unpackElement(row: PackedElement, valueSets: PackedModel["valueSets"]): ElementModel[] {
	const [name, types, cardinality, flags = "", valueSet] = row;
	const choice = name.endsWith("[x]") ? name.slice(0, -3) : undefined;
	const [min, max] = cardinality.split("..");
	return types.split(",").map((reference) => {
		const [, type = "", targets] = /^([^(]+)(?:\((.*)\))?$/.exec(reference) ?? [];
		const implied = type === "code" && valueSet ? valueSets[valueSet]?.system : undefined;
		return {
			name: choice === undefined ? name : choice + type[0]?.toUpperCase() + type.slice(1),
			...(choice !== undefined && { choice }),
			type,
			array: max !== "1",
			min: Number(min),
			max: max === "*" ? Number.POSITIVE_INFINITY : Number(max),
			summary: flags.includes("s"),
			modifier: flags.includes("m"),
			...(targets && { targets: targets.split("|") }),
			...(valueSet && { binding: { strength: "required" as const, valueSet } }),
			...(implied && { system: implied }),
		};
	});
}
