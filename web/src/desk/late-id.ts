/** The panes of the desk that are loaded when they are opened. */
export type LateId = 'health' | 'viewers' | 'people' | 'keys' | 'settings' | 'connect' | 'log';
