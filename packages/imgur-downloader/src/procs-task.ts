import { downloadLink } from './download.ts';
import { messageOf } from './printable.ts';

/** One download, in a process of the pool; the error's message if it fails, as errors lose their class. */
export default async function task([directory, link]: [string, string]): Promise<string | undefined> {
  try {
    await downloadLink(directory, link);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
