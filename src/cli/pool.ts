/** Does `work` for each item, at most `width` at a time, taking an item only when there is room for it. */
export async function pool<T>(
	items: AsyncIterable<T> | Iterable<T>,
	width: number,
	work: (item: T) => Promise<void>,
): Promise<void> {
	const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
	let failed = false;
	const worker = async (): Promise<void> => {
		while (!failed) {
			const { done, value } = await source.next();
			if (done) return;
			try {
				await work(value);
			} catch (error) {
				failed = true;
				throw error;
			}
		}
	};
	await Promise.all(Array.from({ length: width }, worker));
}
