import { readdirSync, readFileSync } from "node:fs";
import { parseJson, type Resource } from "../kernel/index.ts";
import { createLayer, definitionsOf, type Layer, layer, type Source } from "./definitions.ts";
import { type PackedProfiles, unpackStructure, urlOf } from "./packed-profile.ts";
import type { Definitions } from "./profile.ts";

/** Beside `src/` as beside `dist/`. */
const OWN = new URL("../../profiles/", import.meta.url);

let r4: Layer | undefined;
let all: Layer | undefined;

/** What FHIR R4 (4.0.1) defines: its types, profiles and extensions. Read at the first question, once per process. */
export function loadR4(): Layer {
	r4 ??= lazy(() => {
		const text = readFileSync(new URL("./r4/profiles.json", import.meta.url), "utf8");
		return createLayer(sourcesOf(JSON.parse(text)), []);
	});
	return r4;
}

/** FHIR R4 and over it our own `profiles/`. Read at the first question, once per process. */
export function loadDefinitions(): Layer {
	all ??= layer(
		lazy(() => definitionsOf(readFolder(OWN))),
		loadR4(),
	);
	return all;
}

const sourcesOf = ({ fhirVersion, profiles }: PackedProfiles): Source[] =>
	profiles.map((packed) => ({
		url: urlOf(packed),
		version: fhirVersion,
		read: () => unpackStructure(packed, fhirVersion),
	}));

/** Our conformance resources, a JSON file each, wherever below `profiles/` it lies. */
function readFolder(folder: URL): Resource[] {
	return readdirSync(folder, { recursive: true, encoding: "utf8" })
		.filter((file) => file.endsWith(".json"))
		.sort()
		.map((file) => parseJson(readFileSync(new URL(file.replaceAll("\\", "/"), folder), "utf8")) as Resource);
}

/** A layer that is made when it is first asked something. */
function lazy(make: () => Layer): Layer {
	let made: Layer | undefined;
	const get = (): Layer => {
		made ??= make();
		return made;
	};
	const over = (under: Definitions): Layer => lazy(() => get().over(under));
	return {
		profile: (canonical) => get().profile(canonical),
		get profiles() {
			return get().profiles;
		},
		resource: (type, canonical) => get().resource(type, canonical),
		urls: (type) => get().urls(type),
		over,
	};
}
