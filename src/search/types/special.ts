import { isObject, numberText } from "../../kernel/index.ts";
import { splitEscaped, unescaped } from "../escape.ts";
import type { Node } from "../tree.ts";
import { malformed } from "./prefix.ts";
import type { Asked, SearchType } from "./search-type.ts";

const KM: Record<string, number> = { km: 1, m: 0.001, "[mi_i]": 1.609344, mi: 1.609344, mi_us: 1.609347 };
const DEFAULT_KM = 10;

/**
 * Special: only `near` of Location, `latitude|longitude|distance|units`, units km unless said, 10 km unless said.
 * https://hl7.org/fhir/R4/location.html#positional
 */
export const special: SearchType = {
	name: "special",
	modifiers: [],
	presence: "g",
	index({ value }, index) {
		if (!isObject(value)) return;
		const { latitude, longitude } = value;
		if (numberText(latitude) === undefined || numberText(longitude) === undefined) return;
		index.fact("g", [latitude ?? null, longitude ?? null]);
	},
	read({ parameter, path, text }: Asked): Node {
		const [lat = "", lon = "", distance = "", unit = ""] = splitEscaped(text, "|").map(unescaped);
		const [latitude, longitude] = [Number(lat), Number(lon)];
		const factor = unit === "" ? 1 : Object.hasOwn(KM, unit) ? KM[unit] : undefined;
		const reach = distance === "" ? DEFAULT_KM : Number(distance) * (factor ?? Number.NaN);
		const right =
			lat.trim() !== "" && lon.trim() !== "" && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && reach >= 0;
		if (!right) throw malformed(parameter.code, "latitude|longitude|distance|unit, as 26.85|80.95|5|km");
		return { kind: "near", path: path.name, latitude, longitude, km: reach };
	},
};
