/**
 * Makes protobufjs yield plain numbers for 64-bit fields, everywhere: in Node, where it would find the `long`
 * package, as in a browser and in the sandbox. Must be loaded before any generated code, which looks at `util.Long`
 * when it is loaded. Numbers beyond 2^53 - 1 are not exact then; `validate.ts` refuses them.
 */
import './text-decoder.js';
import protobuf from 'protobufjs/minimal.js';

// Undefined is the documented way of having no Long; the type does not know it.
(protobuf.util as { Long: unknown }).Long = undefined;
protobuf.configure();
