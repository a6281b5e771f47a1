package org.dmabuf;

/** What becomes of buffers that are alive when their exporter's bundle stops. */
public enum ExportPolicy {
  /** The stop waits, bounded, for the last put, and then goes on as {@link #REVOKE}. */
  WAIT,
  /** The framework takes the storage over; needs {@link DmaBufOps.Adoptable}. */
  ADOPT,
  /** Importers are told; what is mapped stays valid until it is unmapped, no new map succeeds. */
  REVOKE
}
