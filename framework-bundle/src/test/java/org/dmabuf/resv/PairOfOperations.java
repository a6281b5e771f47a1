package org.dmabuf.resv;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.dmabuf.ManualClock;
import org.dmabuf.RefCount;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.fence.FenceContexts;
import org.dmabuf.seam.Interleavings;
import org.dmabuf.seam.Seam;
import org.dmabuf.seam.Tasks;

/**
 * Operations that meet on one ww-mutex, reservation, reference count or fence. What they do must be
 * right in whatever order their steps come.
 */
public enum PairOfOperations implements Interleavings.Maker {
  /** Two threads want one mutex, each once. */
  LOCK_AND_LOCK(() -> new Mutual(WwAlgorithm.WAIT_DIE, 2, 1)),
  /** Two threads want one mutex twice, so that one is passed over. */
  LOCK_TWICE_AND_LOCK_TWICE(() -> new Mutual(WwAlgorithm.WAIT_DIE, 2, 2)),
  /** Three threads, where a wake-up goes to one of two. */
  THREE_LOCK(() -> new Mutual(WwAlgorithm.WAIT_DIE, 3, 2)),
  /** A waiter is interrupted while another one waits behind it. */
  INTERRUPT_AND_UNLOCK(Interrupted::new),
  /** Two contexts take two mutexes in opposite orders; the younger dies. */
  ABBA_WAIT_DIE(() -> new Opposite(WwAlgorithm.WAIT_DIE, 2)),
  /** The same, and the older wounds. */
  ABBA_WOUND_WAIT(() -> new Opposite(WwAlgorithm.WOUND_WAIT, 2)),
  /** Three contexts in a ring of three mutexes. */
  RING_WAIT_DIE(() -> new Opposite(WwAlgorithm.WAIT_DIE, 3)),
  /** The same, and the older wounds. */
  RING_WOUND_WAIT(() -> new Opposite(WwAlgorithm.WOUND_WAIT, 3)),
  /** A reader of two fences of a context against a replacement of both. */
  ITERATE_AND_REPLACE_ALL(() -> new Readers(Readers.Change.REPLACE_ALL)),
  /** A reader against the later fence of a context, which takes the place of the earlier one. */
  ITERATE_AND_ADD(() -> new Readers(Readers.Change.ADD)),
  /** Each fence on the way of a reader, also of one that begins anew, stood for what it says. */
  EACH_FENCE_AND_ADD(() -> new Readers(Readers.Change.ADD, true)),
  /** A reader against growth. */
  ITERATE_AND_GROW(() -> new Readers(Readers.Change.GROW)),
  /** Work is handed on from a fence to the next one: never is a reservation without any. */
  TEST_AND_HAND_ON(HandedOn::new),
  /** A wait for a reservation against the signal. */
  WAIT_AND_SIGNAL(WaitAndSignal::new),
  /** Puts of the last two references, and a get that may come too late. */
  GET_AND_PUT(References::new),
  /** A callback is added against the signal: it is called once, or refused. */
  ADD_CALLBACK_AND_SIGNAL(() -> new Callback(false)),
  /** A callback is taken back against the signal: either it is, or it is called. */
  REMOVE_CALLBACK_AND_SIGNAL(() -> new Callback(true));

  private final Supplier<Interleavings.Scenario> scenario;

  PairOfOperations(Supplier<Interleavings.Scenario> scenario) {
    this.scenario = scenario;
  }

  @Override
  public Interleavings.Scenario make() {
    return scenario.get();
  }

  /** Returns one by its name, as {@link org.dmabuf.seam.PlantedBug} asks for it. */
  public static Interleavings.Maker maker(String name) {
    return valueOf(name);
  }

  private static final class Mutual implements Interleavings.Scenario {
    private final WwMutex mutex;
    private final int threads;
    private final int rounds;
    private int inside;
    private int done;

    Mutual(WwAlgorithm algorithm, int threads, int rounds) {
      this.mutex = new WwMutex(new WwClass("test", algorithm));
      this.threads = threads;
      this.rounds = rounds;
    }

    @Override
    public List<Tasks.Body> tasks() {
      List<Tasks.Body> all = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        all.add(
            () -> {
              for (int round = 0; round < rounds; round++) {
                mutex.lock(null);
                assertThat(++inside).isOne();
                Seam.step();
                inside--;
                done++;
                mutex.unlock();
              }
            });
      }
      return all;
    }

    @Override
    public void check() {
      assertThat(done).isEqualTo(threads * rounds);
      assertThat(mutex.isLocked()).isFalse();
    }
  }

  private static final class Interrupted implements Interleavings.Scenario {
    private final WwMutex mutex = new WwMutex(new WwClass("test"));
    private Thread waiter;
    private int got;

    @Override
    public List<Tasks.Body> tasks() {
      return List.of(
          () -> {
            mutex.lock(null);
            Seam.step();
            mutex.unlock();
            if (waiter != null) {
              waiter.interrupt();
            }
          },
          () -> {
            waiter = Thread.currentThread();
            if (mutex.acquire(null, Locking.INTERRUPTIBLE) == Locking.Outcome.TAKEN) {
              mutex.unlock();
            }
          },
          () -> {
            mutex.lock(null);
            got++;
            mutex.unlock();
          });
    }

    @Override
    public void check() {
      assertThat(got).isOne();
      assertThat(mutex.isLocked()).isFalse();
    }
  }

  private static final class Opposite implements Interleavings.Scenario {
    private final WwClass family;
    private final List<WwMutex> ring = new ArrayList<>();
    private final List<AcquireContext> contexts = new ArrayList<>();
    private int done;

    Opposite(WwAlgorithm algorithm, int threads) {
      this.family = new WwClass("test", algorithm);
      for (int i = 0; i < threads; i++) {
        ring.add(new WwMutex(family));
        contexts.add(family.begin());
      }
    }

    @Override
    public List<Tasks.Body> tasks() {
      List<Tasks.Body> all = new ArrayList<>();
      for (int i = 0; i < ring.size(); i++) {
        WwMutex mine = ring.get(i);
        WwMutex other = ring.get((i + 1) % ring.size());
        AcquireContext with = contexts.get(i);
        all.add(
            () -> {
              takeBoth(with, mine, other);
              assertThat(mine.isHeld() && other.isHeld()).isTrue();
              done++;
              mine.unlock();
              other.unlock();
              with.close();
            });
      }
      return all;
    }

    /** The oldest never gives way, and any other one only when it holds something. */
    private void takeBoth(AcquireContext with, WwMutex mine, WwMutex other) {
      WwMutex first = mine;
      WwMutex second = other;
      boolean slow = false;
      while (true) {
        Locking.Outcome outcome = first.acquire(with, slow ? Locking.SLOW : Locking.LOCK);
        assertThat(outcome).isEqualTo(Locking.Outcome.TAKEN);
        if (second.acquire(with, Locking.LOCK) == Locking.Outcome.TAKEN) {
          return;
        }
        assertThat(with).as("the oldest").isNotSameAs(contexts.getFirst());
        first.unlock();
        WwMutex contended = second;
        second = first;
        first = contended;
        slow = true;
      }
    }

    @Override
    public void check() {
      assertThat(done).isEqualTo(ring.size());
      assertThat(ring).noneMatch(WwMutex::isLocked);
    }
  }

  private abstract static class OnReservation implements Interleavings.Scenario {
    final ManualClock clock = new ManualClock();
    final FenceContexts contexts = new FenceContexts(clock);
    final FenceContext one = contexts.open("driver", "one");
    final FenceContext two = contexts.open("driver", "two");
    final DmaResv resv = new DmaResv(new WwClass("test"), clock);

    final void add(DmaFence fence, Usage usage) {
      resv.lock();
      resv.reserveFences(1);
      resv.addFence(fence, usage);
      resv.unlock();
    }
  }

  private static final class Readers extends OnReservation {
    enum Change {
      REPLACE_ALL,
      ADD,
      GROW
    }

    private final Change change;
    private final boolean each;
    private final List<DmaResv.Entry> met = new ArrayList<>();
    private final List<List<DmaResv.Entry>> allowed = new ArrayList<>();
    private List<DmaResv.Entry> seen;

    Readers(Change change) {
      this(change, false);
    }

    Readers(Change change, boolean each) {
      this.change = change;
      this.each = each;
      add(two.create(), Usage.READ);
      DmaFence early = one.create();
      add(one.create(), Usage.READ);
      add(early, Usage.WRITE);
      allowed.add(resv.entries());
    }

    @Override
    public List<Tasks.Body> tasks() {
      return List.of(
          () -> {
            if (each) {
              FenceIterator all = resv.iterator(Usage.BOOKKEEP);
              while (all.next()) {
                met.add(new DmaResv.Entry(all.fence(), all.usage()));
              }
            } else {
              seen = resv.entries();
            }
          },
          () -> {
            switch (change) {
              case REPLACE_ALL -> {
                resv.lock();
                resv.replaceFences(one.id(), contexts.stub(), Usage.KERNEL);
                resv.unlock();
                allowed.add(resv.entries());
              }
              case ADD -> {
                add(two.create(), Usage.WRITE);
                allowed.add(resv.entries());
                add(one.create(), Usage.KERNEL);
                allowed.add(resv.entries());
              }
              case GROW -> {
                resv.lock();
                resv.reserveFences(9);
                allowed.add(resv.entries());
                resv.addFence(contexts.open("driver", "three").create(), Usage.KERNEL);
                resv.unlock();
                allowed.add(resv.entries());
              }
            }
          });
    }

    @Override
    public void check() {
      if (each) {
        assertThat(allowed.stream().flatMap(List::stream)).containsAll(met);
      } else {
        assertThat(allowed).contains(seen);
      }
    }
  }

  private static final class HandedOn extends OnReservation {
    private final DmaFence first = one.create();
    private final DmaFence done = two.create();
    private boolean idle;

    HandedOn() {
      two.signal(done);
      add(done, Usage.WRITE);
      resv.lock();
      resv.reserveFences(3);
      resv.addFence(first, Usage.WRITE); // takes the place of the one that is done
      DmaFence pending = two.create();
      resv.addFence(pending, Usage.WRITE);
      resv.unlock();
      one.signal(first);
      last = pending;
    }

    private final DmaFence last;

    @Override
    public List<Tasks.Body> tasks() {
      return List.of(
          () -> idle = resv.isSignaled(Usage.WRITE),
          () -> {
            add(one.create(), Usage.WRITE);
            two.signal(last);
          });
    }

    @Override
    public void check() {
      assertThat(idle).as("idle, though there was always a fence pending").isFalse();
    }
  }

  private static final class WaitAndSignal extends OnReservation {
    private final DmaFence fence = one.create();
    private boolean done;

    WaitAndSignal() {
      add(fence, Usage.WRITE);
    }

    @Override
    public List<Tasks.Body> tasks() {
      return List.of(
          () -> done = resv.await(Usage.READ, Duration.ofDays(40_000)), () -> one.signal(fence));
    }

    @Override
    public void check() {
      assertThat(done).isTrue();
    }
  }

  private static final class References implements Interleavings.Scenario {
    private final RefCount count = new RefCount();
    private int released;
    private int late;

    References() {
      count.tryGet(this);
    }

    private void put() {
      RefCount.Put what = count.put();
      assertThat(what).isNotEqualTo(RefCount.Put.NONE);
      if (what == RefCount.Put.LAST) {
        released++;
      }
    }

    @Override
    public List<Tasks.Body> tasks() {
      return List.of(
          () -> {
            put();
            if (count.tryGet(this)) {
              assertThat(released).as("nobody comes back").isZero();
              put();
            } else {
              late++;
            }
          },
          this::put);
    }

    @Override
    public void check() {
      assertThat(released).isOne();
      assertThat(late).isBetween(0, 1);
      assertThat(count.isLive()).isFalse();
    }
  }

  private static final class Callback extends OnReservation {
    private final DmaFence fence = one.create();
    private final boolean removes;
    private int called;
    private boolean mustBeCalled;

    Callback(boolean removes) {
      this.removes = removes;
    }

    @Override
    public List<Tasks.Body> tasks() {
      FenceCallback callback = new FenceCallback(done -> called++, closed -> {});
      if (removes) {
        assertThat(fence.addCallback(callback)).isTrue();
      }
      return List.of(
          () -> {
            mustBeCalled = removes ? !fence.removeCallback(callback) : fence.addCallback(callback);
          },
          () -> assertThat(one.signal(fence)).isTrue());
    }

    @Override
    public void check() {
      assertThat(called).isEqualTo(mustBeCalled ? 1 : 0);
    }
  }
}
