/** What the tablet keeps, and how it goes: for the device manager and the privacy officer. */
export const keep: Readonly<Record<string, string>> = {
  'keep.title': 'Keep and erase',
  'keep.body':
    '{count, plural, =0 {No sealed records on this tablet.} one {# sealed record on this tablet.} other {# sealed records on this tablet.}} What is in one is seen by nobody here; it is gone 24 hours after its reading.',
  'keep.records': 'Sealed records',
  'keep.access': 'Access',
  'keep.age': 'Read',
  'keep.due': 'Gone by',
  'keep.size': 'Size',
  'keep.bytes': '{bytes} bytes',
  'keep.key': 'Key of the log',
  'keep.receipt': 'Save receipt of entry {entry}',
  'keep.erase': 'Erase records',
  'keep.erase.which': 'Which records?',
  'keep.erase.all': '{count, plural, one {All: # record} other {All: # records}}',
  'keep.erase.one': '{reference}, read {age}',
  'keep.erase.sure':
    '{count, plural, one {# record is erased for good.} other {# records are erased for good.}} Nothing of it can be read again. An access that is open ends.',
  'keep.erase.done':
    '{count, plural, one {# record is erased.} other {# records are erased.}} Each receipt proves one erasure; save those that you need.',
  'keep.backup': 'Back up',
  'keep.backup.body':
    'Names and roles, trusted driver keys and driver packages go into one sealed file. PINs, keys, the log and records do not.',
  'keep.backup.done':
    '{people, plural, one {# person} other {# people}}, {drivers, plural, one {# driver package} other {# driver packages}}, {keys, plural, one {# trusted key} other {# trusted keys}}.',
  'keep.backup.words': 'Only these words open the file. Write them down now, away from it. They are not shown again.',
  'keep.backup.list': 'Words of the back-up',
  'keep.backup.save': 'Save the file',
  'keep.restore': 'Restore',
  'keep.restore.body': 'Sets this tablet up as a back-up says. Nobody is removed, and minimum versions never sink.',
  'keep.restore.file': 'Choose the file',
  'keep.restore.chosen': 'File: {name}',
  'keep.restore.words': 'The words of the back-up, or its passphrase',
  'keep.restore.key': 'Key of the log, if another tablet made it',
  'keep.restore.sure':
    'The list of trusted driver keys of this tablet is replaced by that of the back-up. Drivers and people are added.',
  'keep.restore.done':
    'Restored: {people, plural, one {# person} other {# people}}, {drivers, plural, one {# driver package} other {# driver packages}}, {keys, plural, one {# trusted key} other {# trusted keys}}.',
  'keep.restore.skipped': 'Not needed here: {list}.',
  'keep.restore.pins': 'Hand out these starting PINs now. They are not shown again.',
  'keep.end': 'Decommission',
  'keep.end.sure':
    'This destroys {records, plural, one {# record} other {# records}}, {people, plural, one {# person} other {# people}}, {drivers, plural, one {# driver package} other {# driver packages}}, {keys, plural, one {# trusted key} other {# trusted keys}} and all keys of this tablet, for good.',
  'keep.end.body': 'Only the log stays. Nobody can sign in to it afterwards: export what you need of it before.',
  'keep.end.code': 'Code of this tablet:',
  'keep.end.type': 'Type the code',
  'idle.title': 'Lock time',
  'idle.body': 'This tablet locks after {minutes} min without use. A reading that runs is not interrupted.',
  'idle.which': 'Lock after',
  'idle.minutes': '{minutes} min',
  'idle.sure': 'Lock after {minutes} min without use.',
  'idle.done': 'This tablet locks after {minutes} min without use.',
  'over.title': 'This tablet is decommissioned',
  'over.body':
    'Destroyed: {records, plural, one {# record} other {# records}}, {people, plural, one {# person} other {# people}}, {drivers, plural, one {# driver package} other {# driver packages}}, {keys, plural, one {# trusted key} other {# trusted keys}}, and all keys of the tablet.',
  'over.noReceipt': 'There is no receipt: the entry of the log could not be signed.',
  'over.next': 'Save the receipt now. Then end OneBox; started again, it is set up as a new tablet.',
};
