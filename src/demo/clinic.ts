import type { JsonObject, Resource } from "../kernel/index.ts";
import { dateOf } from "./calendar.ts";
import { fourteenDigits, phone } from "./identifiers.ts";
import { MEDICINES } from "./medicines.ts";
import { REGIONS, type Region } from "./names.ts";
import { type Random, random } from "./random.ts";
import {
	concept,
	FACILITY_SYSTEM,
	HPR_SYSTEM,
	identifier,
	profiled,
	ROOM_SYSTEM,
	reference,
	SNOMED,
} from "./vocabulary.ts";

export const CLINIC = "org-phc";
export const DOCTORS = ["prac-doctor-1", "prac-doctor-2"] as const;
export const NURSES = ["prac-nurse-1", "prac-nurse-2"] as const;
export const OUTPATIENT_ROOM = "loc-opd";

type Post = { code: string; display: string; male: boolean; prefix?: string; qualification: string };
const DOCTOR: Omit<Post, "male"> = {
	code: "59058001",
	display: "General physician",
	prefix: "Dr.",
	qualification: "MBBS",
};
const NURSE: Omit<Post, "male"> = { code: "106292003", display: "Professional nurse", qualification: "GNM" };
const STAFF: readonly (Post & { id: string })[] = [
	{ id: DOCTORS[0], ...DOCTOR, male: false },
	{ id: DOCTORS[1], ...DOCTOR, male: true },
	{ id: NURSES[0], ...NURSE, male: false },
	{ id: NURSES[1], ...NURSE, male: false },
	{ id: "prac-pharmacist-1", code: "46255001", display: "Pharmacist", male: true, qualification: "D.Pharm" },
];

/** The region a seed's clinic stands in. */
export const regionOf = (seed: number): Region => random(seed, "region").pick(REGIONS);

/** The clinic itself: Organization, Locations, staff with their roles, and the pharmacy's stock. */
export function clinicResources(seed: number, today: number): Resource[] {
	const chance = random(seed, "clinic");
	const home = regionOf(seed);
	const staff = STAFF.map((post, index) => ({ post, practitioner: practitioner(post, index, seed, home, chance) }));
	return [
		organization(home, chance),
		location(OUTPATIENT_ROOM, "Out-patient room"),
		location("loc-pharmacy", "Pharmacy"),
		...staff.map(({ practitioner }) => practitioner),
		...staff.map(({ post }) => role(post)),
		...Object.keys(MEDICINES).map((key) => stock(key, today, chance)),
	];
}

function organization(home: Region, chance: Random): Resource {
	const village = home.villages[0] as string;
	return {
		resourceType: "Organization",
		id: CLINIC,
		meta: profiled("Organization"),
		identifier: [identifier(["PRN"], FACILITY_SYSTEM, `IN${home.pinPrefix}${chance.int(1_000_000, 9_999_999)}`)],
		active: true,
		type: [concept("http://terminology.hl7.org/CodeSystem/organization-type", "prov", "Healthcare Provider")],
		name: `Primary Health Centre ${village}`,
		telecom: [{ system: "phone", value: phone(999_999), use: "work" }],
		address: [{ ...address(home, village, "1 Hospital Road", chance), use: "work" }],
	};
}

/** A postal address in a region's village. */
export const address = (home: Region, village: string, line: string, chance: Random): JsonObject => ({
	use: "home",
	type: "physical",
	text: `${line}, ${village}, ${home.district}, ${home.state}`,
	line: [line],
	city: village,
	district: home.district,
	state: home.state,
	postalCode: `${home.pinPrefix}${chance.int(1, 599).toString().padStart(3, "0")}`,
	country: "IN",
});

const location = (id: string, name: string): Resource => ({
	resourceType: "Location",
	id,
	identifier: [{ system: ROOM_SYSTEM, value: id }],
	status: "active",
	name,
	mode: "instance",
	managingOrganization: reference("Organization", CLINIC),
});

function practitioner(
	post: Post & { id: string },
	index: number,
	seed: number,
	home: Region,
	chance: Random,
): Resource {
	const [given] = chance.pick(post.male ? home.male : home.female);
	const [family] = chance.pick(home.family);
	const physician = post.prefix !== undefined;
	return {
		resourceType: "Practitioner",
		id: post.id,
		meta: profiled("Practitioner"),
		identifier: [identifier(physician ? ["MD", "HPIN"] : ["HPIN"], HPR_SYSTEM, fourteenDigits("71", seed, index))],
		active: true,
		name: [
			{
				use: "official",
				text: [post.prefix, given, family].filter(Boolean).join(" "),
				family,
				given: [given],
				...(physician ? { prefix: ["Dr."] } : {}),
			},
		],
		telecom: [{ system: "phone", value: phone(990_000 + index), use: "work" }],
		gender: post.male ? "male" : "female",
		birthDate: `${chance.int(1966, 1996)}-${String(chance.int(1, 12)).padStart(2, "0")}-14`,
		qualification: [{ code: { text: post.qualification } }],
	};
}

const role = (post: Post & { id: string }): Resource => ({
	resourceType: "PractitionerRole",
	id: post.id.replace("prac-", "role-"),
	meta: profiled("PractitionerRole"),
	active: true,
	practitioner: reference("Practitioner", post.id),
	organization: reference("Organization", CLINIC),
	code: [concept(SNOMED, post.code, post.display)],
	...(post.prefix === undefined ? {} : { specialty: [concept(SNOMED, "408443003", "General medical practice")] }),
	location: [reference("Location", post.code === "46255001" ? "loc-pharmacy" : OUTPATIENT_ROOM)],
});

function stock(key: string, today: number, chance: Random): Resource {
	const medicine = MEDICINES[key];
	if (medicine === undefined) throw new Error(`No medicine "${key}"`);
	return {
		resourceType: "Medication",
		id: `med-${key.toLowerCase()}`,
		meta: profiled("Medication"),
		identifier: [identifier(["HSN"], undefined, medicine.hsn)],
		code: medicine.snomed ? concept(SNOMED, ...medicine.snomed, medicine.text) : { text: medicine.text },
		status: "active",
		form:
			medicine.unit === "tablet" && medicine.text.startsWith("Tab.")
				? concept(SNOMED, "385055001", "Tablet")
				: { text: medicine.unit },
		batch: {
			lotNumber: `${chance.pick(["AB", "KL", "MX", "RT"])}${chance.int(10_000, 99_999)}`,
			expirationDate: dateOf(today + chance.int(60, 900)),
		},
	};
}
