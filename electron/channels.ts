/** The IPC channels: commands with one answer, the event stream, and the preload script's word that it has run. */
export const COMMAND_CHANNEL = 'onebox:command';
export const EVENT_CHANNEL = 'onebox:event';
/** Saves the hand-over that was made last where the person says: takes nothing. */
export const SAVE_CHANNEL = 'onebox:save-handover';
/** Says nothing but that it was said. */
export const PRELOADED_CHANNEL = 'onebox:preloaded';
