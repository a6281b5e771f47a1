package org.dmabuf.exporter.udmabuf;

import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufOps;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.StoreOps;
import org.dmabuf.memory.BackingStore;

/**
 * One buffer over pages of memory files.
 *
 * <pre>
 *   UNTOUCHED --first begin of a CPU access--&gt; TOUCHED
 *   end is EINVAL                              end succeeds, however often
 * </pre>
 *
 * <p>Linux's udmabuf makes the CPU's table at the first begin, and has nothing to end before.
 */
final class UdmabufBuffer extends StoreOps implements DmaBufOps.CpuAccessible {
  private enum State {
    UNTOUCHED,
    TOUCHED
  }

  private volatile State state = State.UNTOUCHED;

  UdmabufBuffer(BackingStore store) {
    super(store);
  }

  @Override
  public void beginCpuAccess(DmaDirection direction) {
    state = State.TOUCHED;
  }

  @Override
  public void endCpuAccess(DmaDirection direction) {
    if (state == State.UNTOUCHED) {
      throw new DmaBufException(
          Errno.EINVAL, "A CPU access to a udmabuf was ended before the first one began; begin it");
    }
  }
}
