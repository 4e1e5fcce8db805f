/** A search to measure: the share of the twin's rate it should reach, or the most milliseconds of its p99. */
export type SearchWorkload = {
	readonly name: string;
	readonly goal?: number;
	readonly most?: number;
	fhir(n: number): string;
	twin?(n: number): string;
};

const PATIENTS = 5_000;
const patient = (n: number, patients = PATIENTS): string =>
	`pat-${String(((n * 7919) % patients) + 1).padStart(6, "0")}`;
const record = (n: number): string =>
	`https://demo.phc-commons.example/mr-number|PHC-${String(((n * 7919) % PATIENTS) + 1).padStart(6, "0")}`;
const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;

const CODES = ["http://loinc.org|8867-4", "http://loinc.org|85354-9", "http://loinc.org|2708-6"];
const NAMES = ["ash", "ram", "sun", "lak", "priya", "moh", "ani", "kav"];
const day = (n: number): string => `2025-${String((n % 12) + 1).padStart(2, "0")}`;

/** What clinics, apps and auditors ask. */
export const searchWorkloads: readonly SearchWorkload[] = [
	{
		name: "patient + code, newest 20",
		goal: 0.5,
		fhir: (n) => `/fhir/Observation?patient=${patient(n)}&code=${pick(CODES, n)}&_sort=-date&_count=20`,
		twin: (n) => `/vitals?patient=${patient(n)}&code=${pick(CODES, n)}`,
	},
	{
		name: "identifier",
		goal: 0.5,
		fhir: (n) => `/fhir/Patient?identifier=${record(n)}`,
		twin: (n) => `/search?identifier=${encodeURIComponent(record(n))}`,
	},
	{ name: "code, newest 20", most: 50, fhir: (n) => `/fhir/Observation?code=${pick(CODES, n)}&_sort=-date&_count=20` },
	{ name: "beginning of a name", most: 50, fhir: (n) => `/fhir/Patient?name=${pick(NAMES, n)}` },
	{
		name: "one month of a code",
		most: 50,
		fhir: (n) => `/fhir/Observation?code=${pick(CODES, n)}&date=${day(n)}&_count=20`,
	},
	{
		name: "from a day on, newest first",
		most: 50,
		fhir: (n) => `/fhir/Observation?date=ge${day(n)}-10&_sort=-date&_count=20`,
	},
	{
		name: "patient's observations with _include",
		most: 50,
		fhir: (n) =>
			`/fhir/Observation?patient=${patient(n)}&_include=Observation:subject&_include=Observation:encounter&_count=20`,
	},
	{
		name: "two hops: observation → patient → organization",
		most: 50,
		fhir: () => "/fhir/Observation?subject:Patient.organization.name=demo&_count=20",
	},
	{
		name: "_has: patients with a condition",
		most: 50,
		fhir: (n) => `/fhir/Patient?_has:Condition:patient:code=${pick(["I10", "E11.9", "J06.9"], n)}&_count=20`,
	},
	{
		name: "_has: patients with an observation",
		most: 50,
		fhir: (n) => `/fhir/Patient?_has:Observation:patient:code=${pick(CODES, n)}&_count=20`,
	},
];

/** A search of one patient's records, in a clinic of so many patients. */
export type PatientWorkload = { readonly name: string; fhir(n: number, patients: number): string };

/** What must not take longer because others have records too. */
export const patientWorkloads: readonly PatientWorkload[] = [
	{
		name: "one patient: a code, newest 20",
		fhir: (n, patients) =>
			`/fhir/Observation?patient=${patient(n, patients)}&code=${pick(CODES, n)}&_sort=-date&_count=20`,
	},
	{
		name: "one patient: newest 20",
		fhir: (n, patients) => `/fhir/Observation?patient=${patient(n, patients)}&_sort=-date&_count=20`,
	},
];
