package org.dmabuf.acceptance.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.fence.FenceUnwrap;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;

/** Fences and the reservations that they are added to. */
final class FenceActions {
  private FenceActions() {}

  static List<Action> all() {
    return List.of(
        new Action("open context", FenceActions::open),
        new Action("close context", FenceActions::close),
        new Action("advance", FenceActions::advance),
        new Action("add fence", FenceActions::add),
        new Action("add callback", FenceActions::callback),
        new Action("wait", FenceActions::await),
        new Action("look at fences", FenceActions::look),
        new Action("lock several", FenceActions::lockSeveral));
  }

  private static void open(World world, Random random) {
    world.contexts().put(world.client(random).fenceContext("soak", "timeline"), random);
  }

  private static void close(World world, Random random) {
    if (random.nextInt(20) == 0) {
      FenceContext context = world.contexts().take(random);
      if (context != null) {
        context.close();
      }
    }
  }

  private static void advance(World world, Random random) {
    FenceContext context = world.contexts().look(random);
    if (context != null && random.nextInt(10) == 0) {
      context.advance(random.nextLong(-1, 100));
    }
  }

  private static void add(World world, Random random) {
    FenceContext context = world.contexts().look(random);
    DmaBuf buffer = world.buffers().look(random);
    if (context == null || buffer == null) {
      return;
    }
    DmaFence fence = context.create();
    world.pending().add(new Pending(context, fence));
    DmaResv resv = buffer.resv();
    resv.lockInterruptibly();
    try {
      if (random.nextInt(20) != 0) {
        resv.reserveFences(1);
      }
      resv.addFence(fence, usage(random));
    } finally {
      resv.unlock();
    }
  }

  private static void callback(World world, Random random) {
    Pending pending = world.pending().peek();
    if (pending == null) {
      return;
    }
    FenceCallback callback = world.client(random).callback(DmaFence::isSignaled);
    pending.fence().addCallback(callback);
    if (random.nextBoolean()) {
      pending.fence().removeCallback(callback);
    }
    if (random.nextBoolean()) {
      callback.close();
    }
  }

  private static void await(World world, Random random) {
    Pending pending = world.pending().peek();
    if (pending != null) {
      pending.fence().await(Duration.ofNanos(random.nextLong(-1, 2_000_000)));
    }
  }

  private static void look(World world, Random random) {
    DmaBuf buffer = world.buffers().look(random);
    if (buffer != null) {
      List<DmaFence> fences = buffer.resv().pending(usage(random));
      if (!fences.isEmpty()) {
        FenceUnwrap.merge(fences).describe();
      }
      buffer.resv().getSingleton(usage(random));
      buffer.resv().entries();
    }
  }

  /** In the order in which they come, so that callers meet head on: who is refused starts anew. */
  private static void lockSeveral(World world, Random random) {
    List<DmaResv> set = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      DmaBuf buffer = world.buffers().look(random);
      if (buffer != null && !set.contains(buffer.resv())) {
        set.add(buffer.resv());
      }
    }
    List<DmaResv> held = new ArrayList<>();
    try {
      for (DmaResv resv : set) {
        if (resv.tryLock()) {
          held.add(resv);
        }
      }
      if (held.size() == 3 && random.nextInt(50) == 0) {
        held.getFirst().lock();
        throw new IllegalStateException("A lock was taken twice");
      }
    } catch (DmaBufException twice) {
      if (twice.errno() != Errno.EALREADY) {
        throw new IllegalStateException("Taking a lock twice is EALREADY", twice);
      }
    } finally {
      held.forEach(DmaResv::unlock);
    }
  }

  private static Usage usage(Random random) {
    Usage[] usages = Usage.values();
    return usages[random.nextInt(usages.length)];
  }
}
