import sax from "sax";
import { type ClamlClass, type ClamlModifier, modified } from "./claml-modifiers.ts";
import type { Package, PackageFile } from "./package.ts";
import { type ConceptSink, fileFault, isCode, type ReadOptions, type SystemFacts } from "./sink.ts";
import { type OnBytes, textOf } from "./text.ts";

/** Titles whose canonical url is known. https://terminology.hl7.org */
const URLS: readonly (readonly [RegExp, string])[] = [
	[/^ICD-?10(?:[-_ ]?WHO)?$/i, "http://hl7.org/fhir/sid/icd-10"],
	[/^ICD-?10-?GM$/i, "http://fhir.de/CodeSystem/bfarm/icd-10-gm"],
	[/^ICD-?O-?3/i, "http://terminology.hl7.org/CodeSystem/icd-o-3"],
];

/** Rubrics that become the display, a definition, or further names. */
const NAMES: ReadonlySet<string> = new Set(["preferredLong", "inclusion", "index", "synonym"]);

const isClaml = ({ path }: PackageFile): boolean => /\.xml$/i.test(path);

export const clamlFiles = ({ files }: Package): readonly PackageFile[] => files.filter(isClaml);

type Title = { name?: string; version?: string };
type Rubric = { kind: string; language: string | undefined; text: string };

/** What is being read: the class or modifier class that is open, its rubric, and all that is done. */
type State = {
	readonly title: Title;
	root: string | undefined;
	open: ClamlClass | undefined;
	rubric: Rubric | undefined;
	readonly classes: Map<string, ClamlClass>;
	readonly modifiers: Map<string, ClamlModifier[]>;
};

/**
 * Reads a classification in ClaML (EN 14463): ICD-10 of the WHO or a modification of it. Chapters and blocks are abstract;
 * codes that arise from modifiers, as the fourth characters of E10–E14, are made.
 */
export async function readClaml(
	release: Package,
	sink: ConceptSink,
	options: ReadOptions,
	onBytes: OnBytes,
): Promise<SystemFacts> {
	const [file, second] = clamlFiles(release);
	if (file === undefined) throw fileFault("ClaML", undefined, "there is no XML file. Name the release's zip or file.");
	if (second)
		throw fileFault(second.name, undefined, `is a second XML file beside ${file.name}. Name the one to load.`);
	const state = await parseClaml(file, onBytes);
	const { name = "", version } = state.title;
	const url = options.system ?? URLS.find(([title]) => title.test(name))?.[1];
	if (url === undefined)
		throw fileFault(file.name, undefined, `the canonical url of "${name}" is not known. Give --system.`);
	const said = options.version ?? version;
	if (said === undefined) throw fileFault(file.name, undefined, "its Title has no version. Give --version.");
	for (const one of [...state.classes.values(), ...modified(state.classes, state.modifiers)]) {
		give(one, file, sink);
		await sink.ready();
	}
	return { url, version: said, name: options.name ?? (name || "ClaML"), caseSensitive: true };
}

function give(
	{ code, kind, line, parents, rubrics, properties }: ClamlClass,
	file: PackageFile,
	sink: ConceptSink,
): void {
	if (!isCode(code)) throw fileFault(file.name, line, `a Class has the code "${code}". Give it one.`);
	const text = (wanted: string) => rubrics.find((rubric) => rubric.kind === wanted)?.text;
	const display = text("preferred") ?? text("preferredLong");
	if (display === undefined)
		throw fileFault(file.name, line, `the Class ${code} has no Rubric of kind "preferred". Add it.`);
	sink.concept({ code, display, abstract: kind === "chapter" || kind === "block", definition: text("definition") });
	sink.property(code, "kind", kind, "code");
	for (const parent of parents) sink.parent(code, parent);
	for (const [name, value] of properties) sink.property(code, name, value, "string");
	for (const { kind: use, language, text: value } of rubrics) {
		if (NAMES.has(use)) sink.designation({ code, value, language, use });
	}
}

async function parseClaml(file: PackageFile, onBytes: OnBytes): Promise<State> {
	const state: State = {
		title: {},
		root: undefined,
		open: undefined,
		rubric: undefined,
		classes: new Map(),
		modifiers: new Map(),
	};
	const parser = sax.parser(true, { trim: false, position: true });
	parser.onerror = (error) => {
		const why = error.message.split("\n")[0];
		throw fileFault(file.name, parser.line + 1, `is not well-formed XML (${why}). Take the file as released.`);
	};
	parser.onopentag = (tag) => open(tag, state, parser.line + 1, file);
	parser.onclosetag = (name) => shut(name, state, file);
	parser.ontext = (text) => {
		if (state.rubric) state.rubric.text += text;
	};
	parser.oncdata = parser.ontext;
	for await (const text of textOf(file, onBytes)) parser.write(text);
	parser.close();
	if (state.classes.size === 0) throw fileFault(file.name, undefined, "holds no Class. Take a ClaML file.");
	return state;
}

function open({ name, attributes }: sax.Tag | sax.QualifiedTag, state: State, line: number, file: PackageFile): void {
	const attribute = (key: string): string | undefined => {
		const value = attributes[key];
		return typeof value === "object" ? value.value : value;
	};
	state.root ??= name;
	if (state.root !== "ClaML")
		throw fileFault(file.name, line, `the root element is ${state.root}, not ClaML. Take a ClaML file.`);
	const code = attribute("code") ?? "";
	if (name === "Title") Object.assign(state.title, { name: attribute("name"), version: attribute("version") });
	else if (name === "Class" || name === "ModifierClass") {
		const kind = attribute("kind") ?? "category";
		const none = { parents: [], children: 0, modifiers: [], excluded: [], rubrics: [], properties: [] };
		state.open = { code, kind, line, modifier: attribute("modifier"), ...none };
	} else if (state.open === undefined) return;
	else if (name === "SuperClass") state.open.parents.push(code);
	else if (name === "SubClass") state.open.children++;
	else if (name === "ModifiedBy") state.open.modifiers.push({ code, valid: [] });
	else if (name === "ValidModifierClass") state.open.modifiers.at(-1)?.valid.push(code);
	else if (name === "ExcludeModifier") state.open.excluded.push(code);
	else if (name === "Meta") state.open.properties.push([attribute("name") ?? "", attribute("value") ?? ""]);
	else if (name === "Rubric") state.rubric = { kind: attribute("kind") ?? "", language: undefined, text: "" };
	else if (name === "Label" && state.rubric) state.rubric.language ??= attribute("xml:lang");
}

function shut(name: string, state: State, file: PackageFile): void {
	if (name === "Rubric" && state.open && state.rubric) {
		const text = state.rubric.text.replace(/\s+/g, " ").trim();
		if (text !== "") state.open.rubrics.push({ ...state.rubric, text });
		state.rubric = undefined;
	} else if (name === "Class" && state.open) {
		const { code, line } = state.open;
		if (state.classes.has(code)) throw fileFault(file.name, line, `the Class ${code} stands twice. Remove one.`);
		state.classes.set(code, state.open);
		state.open = undefined;
	} else if (name === "ModifierClass" && state.open) {
		const { modifier = "", code, rubrics } = state.open;
		const text = rubrics.find(({ kind }) => kind === "preferred")?.text ?? "";
		state.modifiers.set(modifier, [...(state.modifiers.get(modifier) ?? []), { code, text }]);
		state.open = undefined;
	}
}
