package org.dmabuf.fence;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.seam.Seam;

/**
 * Several fences that are waited for as one.
 *
 * <pre>
 *   IDLE    --first callback or wait--> ENABLED   a callback on each member; the members' first
 *                                                 error becomes the array's
 *           --asked, and enough members have completed--> COMPLETED without an error
 *   ENABLED --enough members have completed--> COMPLETED
 * </pre>
 *
 * <p>Enough is all of them, or one. As long as nobody waits the members know nothing of it, so an
 * array that is dropped leaves nothing behind on them; an error of a member is then not seen, as in
 * the kernel, so that who needs it looks at the members ({@link FenceUnwrap}). Thread-safe. Kernel
 * counterpart: {@code struct dma_fence_array}.
 */
public final class FenceArray extends ContainerFence {
  /** How many members must complete. */
  public enum Mode {
    /** Every one. */
    ALL,
    /** The first. */
    ANY
  }

  private static final String DRIVER_NAME = "dma_fence_array";
  private static final VarHandle MISSING;
  private static final VarHandle FIRST_ERROR;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      MISSING = lookup.findVarHandle(FenceArray.class, "missing", int.class);
      FIRST_ERROR = lookup.findVarHandle(FenceArray.class, "firstError", Errno.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final List<DmaFence> members;
  private final Mode mode;
  private final FenceCallback memberDone = new FenceCallback(this::memberDone, closed -> {});

  @SuppressWarnings("UnusedVariable") // through MISSING
  private volatile int missing;

  @SuppressWarnings("UnusedVariable") // through FIRST_ERROR
  private volatile Errno firstError;

  private FenceArray(FenceContexts contexts, List<DmaFence> members, Mode mode) {
    super(contexts, FenceKind.ARRAY, DRIVER_NAME, contexts.allocate(), 1);
    this.members = members;
    this.mode = mode;
    this.missing = mode == Mode.ALL ? members.size() : 1;
  }

  /**
   * Makes an array with a context of its own.
   *
   * @param members what it stands for, 1 or more, of one framework, never null
   * @param mode how many of them must complete, never null
   * @return the array, never null
   * @throws DmaBufException EINVAL without members
   */
  public static FenceArray of(List<? extends DmaFence> members, Mode mode) {
    List<DmaFence> all = List.copyOf(members);
    if (all.isEmpty()) {
      throw new DmaBufException(
          Errno.EINVAL, "A fence array was asked for no fences; 1 or more would work");
    }
    return new FenceArray(all.getFirst().contexts(), all, mode);
  }

  /** Returns what it stands for, in the order given, never empty. */
  public List<DmaFence> members() {
    return members;
  }

  /** Returns how many of its members must complete, never null. */
  public Mode mode() {
    return mode;
  }

  /** Returns whether all members are of one context. */
  @Override
  public boolean matchesContext(long id) {
    return members.stream().allMatch(member -> member.matchesContext(id));
  }

  @Override
  public void setDeadline(long nanos) {
    members.forEach(member -> member.setDeadline(nanos));
  }

  @Override
  boolean seesCompletion() {
    if (isEnabled() || !enoughCompleted()) {
      return false;
    }
    finish();
    return true;
  }

  @Override
  void listen() {
    for (DmaFence member : members) {
      if (!member.addCallback(memberDone)) {
        memberDone(member);
      }
    }
  }

  private boolean enoughCompleted() {
    for (DmaFence member : members) {
      boolean completed = member.isSignaled();
      if (completed != (mode == Mode.ALL)) {
        return completed;
      }
    }
    return mode == Mode.ALL;
  }

  private void memberDone(DmaFence member) {
    Errno error = member.error().orElse(null);
    if (error != null) {
      Seam.step();
      FIRST_ERROR.compareAndSet(this, null, error);
    }
    Seam.step();
    if ((int) MISSING.getAndAdd(this, -1) == 1) {
      finish();
    }
  }

  /** It has completed afterwards, by this thread or by another one. */
  private void finish() {
    Seam.step();
    finish((Errno) FIRST_ERROR.getVolatile(this), contexts().clock().nanos());
  }
}
