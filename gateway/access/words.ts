/**
 * Recovery words: 16 bytes as 16 of 256 short English words, one a byte. No two words share their first
 * four letters, so that a badly written one can still be read.
 */
const WORDS: readonly string[] = `
acid acorn actor adult agent album alley amber anchor angle ankle anvil apple apron arena arrow atlas attic
bacon badge baker bamboo barn basket beach beetle bell bench berry bird bishop blanket boat bonus border
bottle brick bridge brush bucket butter cabin cactus camel candle carpet castle cedar cement chain cheese
cherry circle city clock cloud clover coffee comet copper coral corner cotton crayon cricket crown cube
curtain daisy dance deer delta desert diamond dinner dolphin donkey door dragon drum eagle earth echo elbow
engine envelope fabric falcon farmer feather fence ferry field finger flag flute forest fossil fox frog galaxy
garden garlic giant ginger glacier glove goat grape guitar hammer harbor hazel helmet hill honey horse hotel
igloo island ivory jacket jaguar jelly jewel jungle kayak kettle kitten koala ladder lake lantern laptop lemon
leopard letter library lime lion lizard lobster magnet mango maple marble meadow melon metal mirror monkey
moon mosaic mountain museum napkin needle nest north novel oasis ocean olive onion orbit orchid otter oven owl
oyster paddle palace panda paper parrot peach pebble pencil pepper piano picnic pillow pine pirate planet plum
pocket pony potato prism pumpkin puzzle quartz queen quilt rabbit radio rain raven ribbon river robin rocket
rose ruby saddle salad salmon sand satin school scissors seal shadow sheep shell silver spider spoon squirrel
stable star stone sugar summer swan table ticket tiger tomato tower train tulip tunnel turtle umbrella valley
vanilla velvet violin walnut walrus water whale wheat willow window winter wolf wool yacht yellow zebra zinc
zone zoo
`
  .trim()
  .split(/\s+/);

const LETTERS = 4;
const BY_START = new Map(WORDS.map((word, byte) => [word.slice(0, LETTERS), byte]));

export const RECOVERY_BYTES = 16;

export function toWords(bytes: Uint8Array): string[] {
  return Array.from(bytes, (byte) => WORDS[byte]!);
}

/** The bytes of so many words, in any case; undefined when a word is unknown or their count is wrong. */
export function fromWords(words: readonly string[], count = RECOVERY_BYTES): Uint8Array | undefined {
  const bytes = words.map((word) => BY_START.get(word.trim().toLowerCase().slice(0, LETTERS)));
  if (bytes.length !== count || bytes.some((byte) => byte === undefined)) return undefined;
  return Uint8Array.from(bytes as number[]);
}
