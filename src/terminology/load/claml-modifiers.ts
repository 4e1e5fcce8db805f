/** A class of a classification as ClaML writes it. */
export type ClamlClass = {
	readonly code: string;
	readonly kind: string;
	readonly line: number;
	/** Of a ModifierClass the modifier it belongs to. */
	readonly modifier: string | undefined;
	readonly parents: string[];
	/** How many subclasses it names. */
	children: number;
	/** The modifiers it names, each with the classes of it that hold here, or none where all do. */
	readonly modifiers: { readonly code: string; readonly valid: string[] }[];
	readonly excluded: string[];
	readonly rubrics: { readonly kind: string; readonly language: string | undefined; readonly text: string }[];
	readonly properties: [string, string][];
};

/** What a modifier adds to a code, as `.1`, and to its title. */
export type ClamlModifier = { readonly code: string; readonly text: string };

type Classes = ReadonlyMap<string, ClamlClass>;

/**
 * The classes that modifiers make of those which have no subclasses: each code with each ending, of several modifiers
 * one after the other. A modifier holds for all classes below the one that names it unless they exclude it.
 * `E11` + `.9 Without complications` → `E11.9`
 */
export function modified(classes: Classes, modifiers: ReadonlyMap<string, readonly ClamlModifier[]>): ClamlClass[] {
	const made = new Map<string, ClamlClass>();
	for (const leaf of classes.values()) {
		if (leaf.children > 0 || leaf.kind !== "category") continue;
		let stems: readonly ClamlClass[] = [leaf];
		for (const { code, valid } of modifiersOf(leaf, classes)) {
			const endings = (modifiers.get(code) ?? []).filter((one) => valid.length === 0 || valid.includes(one.code));
			const next = stems.flatMap((stem) => endings.map((ending) => join(stem, ending)));
			for (const one of next) if (!classes.has(one.code)) made.set(one.code, one);
			if (next.length > 0) stems = next;
		}
	}
	return [...made.values()];
}

/** From the top down, each modifier once: the nearest class that names it counts. */
function modifiersOf(leaf: ClamlClass, classes: Classes): ClamlClass["modifiers"] {
	const found = new Map<string, ClamlClass["modifiers"][number]>();
	const excluded = new Set<string>();
	const path = [leaf];
	for (const one of path) {
		for (const modifier of one.modifiers) {
			if (!excluded.has(modifier.code) && !found.has(modifier.code)) found.set(modifier.code, modifier);
		}
		for (const code of one.excluded) excluded.add(code);
		for (const parent of one.parents) {
			const next = classes.get(parent);
			if (next && !path.includes(next)) path.push(next);
		}
	}
	return [...found.values()].reverse();
}

function join(stem: ClamlClass, { code, text }: ClamlModifier): ClamlClass {
	const ending = stem.code.includes(".") ? code.replace(/^\./, "") : code;
	const preferred = stem.rubrics.find(({ kind }) => kind === "preferred");
	const rubrics = preferred ? [{ ...preferred, text: `${preferred.text} : ${text}` }] : [];
	return { ...stem, code: `${stem.code}${ending}`, parents: [stem.code], rubrics, properties: [], excluded: [] };
}
