import { readdirSync, readFileSync } from 'node:fs';

/** Proportional memory in MiB of a process and all its descendants, and how many they are. Linux. */
export function proportionalMemory(root) {
  const parents = new Map();
  for (const name of readdirSync('/proc')) if (/^\d+$/.test(name)) parents.set(Number(name), parentOf(name));
  const tree = [root];
  for (const pid of tree) for (const [child, parent] of parents) if (parent === pid) tree.push(child);
  const kib = tree.map(pssOf);
  return { mebibytes: kib.reduce((sum, one) => sum + one, 0) / 1024, processes: kib.filter((one) => one > 0).length };
}

function parentOf(pid) {
  try {
    // The name in brackets may hold anything.
    return Number(readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1).split(' ')[1]);
  } catch {
    return 0;
  }
}

function pssOf(pid) {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
