/**
 * The fuses of a packaged application, by their names in @electron/fuses (security design, section 6).
 * Packaging flips them; `strictlyRequireAllFuses` makes a new fuse of Electron a build error.
 */
export const FUSES = {
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  LoadBrowserProcessSpecificV8Snapshot: false,
  GrantFileProtocolExtraPrivileges: false,
  WasmTrapHandlers: true,
  strictlyRequireAllFuses: true,
} as const;
