package org.dmabuf.debug;

/**
 * What can leak, and how that is found out.
 *
 * <pre>
 *                     dropped without being given back     still held when the bundle stopped
 *   HANDLE                         yes                                  yes
 *   DEVICE_MAPPING                 yes                                  yes
 *   the others       no: the books or the exporter know them            yes
 * </pre>
 *
 * <p>A thing that can still be given back by its name, such as a descriptor, or that others than
 * its user know, such as an attachment, is never dropped; its age in the {@link Snapshot} shows one
 * that was forgotten.
 */
public enum LeakKind {
  /** A client's handle of a buffer: {@code DmaBuf}. */
  HANDLE("handle"),
  /** A device attached to a buffer: {@code Attachment}. */
  ATTACHMENT("attachment"),
  /** A table that a device mapped: {@code SgTable}. One that stays until detach is no leak. */
  DEVICE_MAPPING("device mapping"),
  /** A file mapped for the CPU: {@code CpuMapping}. */
  CPU_MAPPING("CPU mapping"),
  /** One use of a buffer's mapping at adjacent addresses. */
  VMAP("vmap"),
  /** A descriptor in a file table. */
  FILE("file"),
  /** A timeline of fences: {@code FenceContext}. */
  FENCE_CONTEXT("fence context");

  private final String text;

  LeakKind(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
