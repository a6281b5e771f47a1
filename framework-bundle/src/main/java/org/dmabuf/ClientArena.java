package org.dmabuf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.dmabuf.fault.ClientFaults;
import org.dmabuf.fault.FaultPoint;
import org.dmabuf.memory.MemoryAccount;
import org.dmabuf.seam.Seam;

/**
 * A driver's own memory: charged to it, and closed with its bundle at the latest. Thread-safe.
 *
 * <pre>
 *   OPEN --close(), or the bundle stops--> CLOSED   unmapped, no longer charged
 * </pre>
 */
final class ClientArena implements Arena {
  private final Arena memory = Arena.ofShared();
  private final MemoryAccount account;
  private final ClientFaults faults;
  private final Consumer<ClientArena> onClose;
  private final AtomicLong charged = new AtomicLong();

  ClientArena(MemoryAccount account, ClientFaults faults, Consumer<ClientArena> onClose) {
    this.account = account;
    this.faults = faults;
    this.onClose = onClose;
  }

  /** As {@link Arena#allocate(long, long)}; DmaBufException ENOMEM at the client's limit. */
  @Override
  public MemorySegment allocate(long bytes, long alignment) {
    if (faults.isOn()) {
      faults.before(FaultPoint.ALLOCATE, "An allocation of " + bytes + " bytes of an arena");
    }
    account.charge(bytes);
    boolean made = false;
    try {
      MemorySegment segment = memory.allocate(bytes, alignment);
      Seam.step();
      charged.addAndGet(bytes);
      made = true;
      return segment;
    } finally {
      if (!made) {
        account.uncharge(bytes);
      }
    }
  }

  @Override
  public MemorySegment.Scope scope() {
    return memory.scope();
  }

  /** IllegalStateException when it is closed, or a call uses its memory. */
  @Override
  public void close() {
    memory.close();
    account.uncharge(charged.get());
    onClose.accept(this);
  }
}
