/** The two IPC channels: commands with one answer, and the event stream. There are no others. */
export const COMMAND_CHANNEL = 'onebox:command';
export const EVENT_CHANNEL = 'onebox:event';
