package org.dmabuf.resv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.dmabuf.seam.Interleavings;
import org.dmabuf.seam.Seam;
import org.dmabuf.seam.Tasks;

/**
 * Operations that meet on ww-mutexes. What must hold: one thread is inside; who waits gets it in
 * the end; of two contexts the older one never gives way; a wait that is given up leaves the mutex
 * free.
 */
public enum MutexPair implements Interleavings.Maker {
  /** Two threads want one mutex, each once. */
  LOCK_AND_LOCK(() -> new Mutual(WwAlgorithm.WAIT_DIE, 2, 1)),
  /** Two threads want one mutex twice, so that one is passed over. */
  LOCK_TWICE_AND_LOCK_TWICE(() -> new Mutual(WwAlgorithm.WAIT_DIE, 2, 2)),
  /** One takes it only when it is free. */
  TRY_AND_LOCK(Tried::new),
  /** A waiter is interrupted while the mutex is freed. */
  INTERRUPT_AND_UNLOCK(() -> new Interrupted(Locking.INTERRUPTIBLE, 2)),
  /** The same on the slow path of a context. */
  INTERRUPT_SLOW_AND_UNLOCK(() -> new Interrupted(Locking.SLOW_INTERRUPTIBLE, 2)),
  /** Two contexts take two mutexes in opposite orders; the younger dies. */
  ABBA_WAIT_DIE(() -> new Opposite(WwAlgorithm.WAIT_DIE, 2)),
  /** The same, and the older wounds. */
  ABBA_WOUND_WAIT(() -> new Opposite(WwAlgorithm.WOUND_WAIT, 2)),
  /** The older wounds the younger, which unlocks and wants the mutex again. */
  WOUND_AND_UNLOCK(() -> new Wounded(WwAlgorithm.WOUND_WAIT)),
  /** The older waits for the younger, which unlocks and wants the mutex again. */
  WAIT_AND_UNLOCK(() -> new Wounded(WwAlgorithm.WAIT_DIE)),
  /** Three threads, where a wake-up goes to one of two. */
  THREE_LOCK(() -> new Mutual(WwAlgorithm.WAIT_DIE, 3, 2)),
  /** A waiter is interrupted while another one waits behind it. */
  THREE_INTERRUPT_AND_UNLOCK(() -> new Interrupted(Locking.INTERRUPTIBLE, 3)),
  /** Three contexts in a ring of three mutexes. */
  THREE_IN_A_RING_WAIT_DIE(() -> new Opposite(WwAlgorithm.WAIT_DIE, 3)),
  /** The same, and the older wounds. */
  THREE_IN_A_RING_WOUND_WAIT(() -> new Opposite(WwAlgorithm.WOUND_WAIT, 3));

  private final Supplier<Interleavings.Scenario> scenario;

  MutexPair(Supplier<Interleavings.Scenario> scenario) {
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

  private static final class Tried implements Interleavings.Scenario {
    private final WwClass family = new WwClass("test");
    private final WwMutex mutex = new WwMutex(family);
    private final AcquireContext older = family.begin();
    private final AcquireContext younger = family.begin();
    private int inside;

    private void pass() {
      assertThat(++inside).isOne();
      Seam.step();
      inside--;
    }

    @Override
    public List<Tasks.Body> tasks() {
      return List.of(
          () -> {
            for (int round = 0; round < 2; round++) {
              if (mutex.tryLock(older)) {
                pass();
                mutex.unlock();
              }
            }
          },
          () -> {
            mutex.lock(younger); // it has nothing to give way with
            pass();
            mutex.unlock();
          });
    }

    @Override
    public void check() {
      assertThat(mutex.isLocked()).isFalse();
      older.close();
      younger.close();
    }
  }

  private static final class Interrupted implements Interleavings.Scenario {
    private final WwClass family = new WwClass("test");
    private final WwMutex mutex = new WwMutex(family);
    private final Locking how;
    private final int threads;
    private Thread waiter;
    private int got;

    Interrupted(Locking how, int threads) {
      this.how = how;
      this.threads = threads;
    }

    @Override
    public List<Tasks.Body> tasks() {
      List<Tasks.Body> all =
          List.of(
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
                AcquireContext with = how.isSlow() ? family.begin() : null;
                Locking.Outcome outcome = mutex.acquire(with, how);
                if (outcome == Locking.Outcome.TAKEN) {
                  mutex.unlock();
                } else {
                  assertThat(outcome).isEqualTo(Locking.Outcome.INTERRUPTED);
                  assertThat(Thread.interrupted()).as("stays interrupted").isTrue();
                }
              },
              () -> {
                mutex.lock(null);
                got++;
                mutex.unlock();
              });
      return all.subList(0, threads);
    }

    @Override
    public void check() {
      assertThat(got).isEqualTo(threads - 2);
      assertThat(mutex.isLocked()).isFalse();
    }
  }

  private static final class Wounded implements Interleavings.Scenario {
    private final WwMutex first;
    private final WwMutex second;
    private final AcquireContext older;
    private final AcquireContext younger;
    private int done;

    Wounded(WwAlgorithm algorithm) {
      WwClass family = new WwClass("test", algorithm);
      first = new WwMutex(family);
      second = new WwMutex(family);
      older = family.begin();
      younger = family.begin();
    }

    @Override
    public List<Tasks.Body> tasks() {
      return List.of(
          () -> {
            first.lock(older);
            second.lock(older);
            done++;
            second.unlock();
            first.unlock();
          },
          () -> {
            second.lock(younger);
            Seam.step();
            second.unlock();
            // It holds nothing, so it waits whoever has it, and a wound of before is healed.
            second.lock(younger);
            done++;
            second.unlock();
          });
    }

    @Override
    public void check() {
      assertThat(done).isEqualTo(2);
      assertThat(first.isLocked() || second.isLocked()).isFalse();
      older.close();
      younger.close();
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
}
