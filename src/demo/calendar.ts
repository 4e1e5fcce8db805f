const DAY = 86_400_000;
const INDIAN_OFFSET = 5.5 * 3_600_000;

/** Days since 1970-01-01 of a `YYYY-MM-DD`. @throws Error when it is no date. */
export function dayNumber(date: string): number {
	const time = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
	if (Number.isNaN(time)) throw new Error(`"${date}" is not a date: write YYYY-MM-DD`);
	return time / DAY;
}

/** The `YYYY-MM-DD` of a day number. */
export const dateOf = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10);

/** The `YYYY-MM-DD` that calendars in India show at an instant: the `today` of a clinic that is made now. */
export const indianDate = (instant: Date): string => dateOf(Math.floor((instant.getTime() + INDIAN_OFFSET) / DAY));

/** A dateTime in Indian time: `minute` counts from midnight. */
export function timeOf(day: number, minute: number): string {
	const hours = String(Math.floor(minute / 60)).padStart(2, "0");
	const minutes = String(minute % 60).padStart(2, "0");
	return `${dateOf(day)}T${hours}:${minutes}:00+05:30`;
}
