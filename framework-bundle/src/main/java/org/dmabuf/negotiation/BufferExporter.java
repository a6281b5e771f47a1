package org.dmabuf.negotiation;

import org.dmabuf.DmaBuf;
import org.dmabuf.file.FileTable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * An exporter that can be asked for buffers: a service with what it offers in its properties, see
 * {@link ServiceKeys}. It is not called to find out whether it suits.
 *
 * <p>The framework gets the service for the time of a call. A component that would lose something
 * when nobody has it is to be immediate.
 *
 * <p>Thread-safe. Kernel counterpart: {@code dma_heap_ops.allocate} and {@code
 * drm_driver.dumb_create}, as one.
 */
@ConsumerType
public interface BufferExporter {
  /**
   * Makes and exports a zeroed buffer that is open for reading and writing. Called with no lock
   * held.
   *
   * @param spec what it is to be, within what this exporter offers; never null
   * @param caller for whom: its account is charged, and exporters that work with descriptors may
   *     have some in it meanwhile; never null
   * @return this exporter's handle, of which one count passes to the framework, never null
   * @throws org.dmabuf.DmaBufException when it cannot, such as ENOMEM; then nothing is left, and
   *     the next exporter is asked. EINTR or ERESTARTSYS end the search
   */
  DmaBuf allocate(BufferSpec spec, FileTable caller);
}
