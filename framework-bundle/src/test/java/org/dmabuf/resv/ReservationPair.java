package org.dmabuf.resv;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.dmabuf.ManualClock;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.fence.FenceContexts;
import org.dmabuf.seam.Interleavings;
import org.dmabuf.seam.Tasks;

/**
 * Operations that meet on a reservation. What must hold: a reader sees the set as it was at one
 * moment; what is always busy is never seen idle; a wait ends with the last fence and not before.
 */
public enum ReservationPair implements Interleavings.Maker {
  /** A reader of two fences of a context against a replacement of both. */
  ITERATE_AND_REPLACE_ALL(all -> all.readsWhile(all::replaceAll)),
  /** A reader against the later fence of a context, which takes the place of the earlier one. */
  ITERATE_AND_ADD(all -> all.readsWhile(all::addBoth)),
  /** Each fence on the way of a reader, also of one that begins anew, stood for what it says. */
  EACH_FENCE_AND_ADD(all -> all.iteratesWhile(all::addBoth)),
  /** A reader against growth. */
  ITERATE_AND_GROW(all -> all.readsWhile(all::grow)),
  /** A reader against all others' fences in the place of these. */
  ITERATE_AND_COPY(all -> all.readsWhile(all::copyOther)),
  /** What is copied changes meanwhile: the copy is of one moment. */
  COPY_AND_ADD(
      all ->
          all.ends(() -> assertThat(all.allowed).contains(all.copy.entries()))
              .does(
                  () -> {
                    all.copy.lock();
                    all.copy.copyFences(all.resv);
                    all.copy.unlock();
                  },
                  all::addBoth)),
  /** What makes one fence of all changes meanwhile. */
  SINGLETON_AND_ADD(
      all ->
          all.does(
              () -> {
                DmaFence single = all.resv.getSingleton(Usage.BOOKKEEP).orElseThrow();
                assertThat(single.isSignaled()).isFalse();
              },
              all::addBoth)),
  /** Two add, one after the other whoever is first. */
  ADD_AND_ADD(
      all ->
          all.ends(() -> assertThat(all.resv.entries()).hasSize(5))
              .does(
                  () -> all.add(all.three.create(), Usage.READ),
                  () -> all.add(all.four.create(), Usage.WRITE))),
  /** Work is handed on from a fence to the next one: never is a reservation without any. */
  TEST_AND_HAND_ON(
      all -> {
        DmaFence pending = all.handOn();
        return all.does(
            () -> assertThat(all.resv.isSignaled(Usage.WRITE)).isFalse(),
            () -> {
              all.add(all.one.create(), Usage.WRITE);
              all.two.signal(pending);
            });
      }),
  /** It is asked while the last fence completes. */
  TEST_AND_SIGNAL(
      all -> {
        DmaFence write = all.onlyWrite();
        return all.does(
            () -> {
              boolean idle = all.resv.isSignaled(Usage.WRITE);
              assertThat(!idle || write.isSignaled()).isTrue();
              assertThat(!idle || all.resv.isSignaled(Usage.WRITE)).isTrue();
            },
            () -> all.one.signal(write));
      }),
  /** A wait against the signal. */
  WAIT_AND_SIGNAL(
      all -> {
        DmaFence write = all.onlyWrite();
        return all.does(
            () -> {
              assertThat(all.resv.await(Usage.READ, Case.FOR_EVER)).isTrue();
              assertThat(write.isSignaled()).isTrue();
            },
            () -> all.one.signal(write));
      }),
  /** What comes meanwhile is waited for as well. */
  WAIT_AND_ADD(
      all -> {
        DmaFence write = all.onlyWrite();
        return all.does(
            () -> {
              assertThat(all.resv.await(Usage.READ, Case.FOR_EVER)).isTrue();
              assertThat(write.isSignaled() && all.last.isSignaled()).isTrue();
            },
            () -> {
              all.last = all.two.create();
              all.add(all.last, Usage.WRITE);
              all.one.signal(write);
              all.two.signal(all.last);
            });
      }),
  /** What is waited for is replaced, and the other one completes. */
  WAIT_AND_REPLACE(
      all -> {
        DmaFence write = all.onlyWrite();
        return all.does(
            () -> assertThat(all.resv.await(Usage.READ, Case.FOR_EVER)).isTrue(),
            () -> {
              all.resv.lock();
              all.resv.replaceFences(all.one.id(), all.contexts.stub(), Usage.WRITE);
              all.resv.unlock();
              all.one.signal(write); // who had begun waits for it
            });
      }),
  /** Two take overlapping sets. */
  LOCK_ALL_AND_LOCK_ALL(
      all -> {
        ReservationService service = new WwReservations(all.family);
        DmaResv third = new DmaResv(all.family, all.clock);
        return all.does(
            () -> all.inside(service.lockAll(List.of(all.resv, all.copy), 1)),
            () -> all.inside(service.lockAll(List.of(third, all.copy, all.resv), 1)));
      });

  private final Function<Case, Interleavings.Scenario> scenario;

  ReservationPair(Function<Case, Interleavings.Scenario> scenario) {
    this.scenario = scenario;
  }

  @Override
  public Interleavings.Scenario make() {
    return scenario.apply(new Case());
  }

  /** Returns one by its name, as {@link org.dmabuf.seam.PlantedBug} asks for it. */
  public static Interleavings.Maker maker(String name) {
    return valueOf(name);
  }

  private static final class Case implements Interleavings.Scenario {
    static final Duration FOR_EVER = Duration.ofDays(40_000);

    final ManualClock clock = new ManualClock();
    final FenceContexts contexts = new FenceContexts(clock);
    final FenceContext one = contexts.open("driver", "one");
    final FenceContext two = contexts.open("driver", "two");
    final FenceContext three = contexts.open("driver", "three");
    final FenceContext four = contexts.open("driver", "four");
    final WwClass family = new WwClass("test");
    DmaResv resv = new DmaResv(family, clock);
    final DmaResv copy = new DmaResv(family, clock);
    final List<List<DmaResv.Entry>> allowed = new ArrayList<>();
    DmaFence last;
    private int inside;
    private Runnable end = () -> {};
    private List<Tasks.Body> tasks;

    /** Three fences of two contexts, as most need them. */
    Case() {
      add(two.create(), Usage.READ);
      DmaFence early = one.create();
      add(one.create(), Usage.READ);
      add(early, Usage.WRITE);
      note();
    }

    void add(DmaFence fence, Usage usage) {
      resv.lock();
      resv.reserveFences(1);
      resv.addFence(fence, usage);
      resv.unlock();
    }

    private void note() {
      allowed.add(resv.entries());
    }

    void replaceAll() {
      resv.lock();
      resv.replaceFences(one.id(), contexts.stub(), Usage.KERNEL);
      resv.unlock();
      note();
    }

    void addBoth() {
      add(two.create(), Usage.WRITE);
      note();
      add(one.create(), Usage.KERNEL);
      note();
    }

    void grow() {
      resv.lock();
      resv.reserveFences(9);
      note();
      resv.addFence(three.create(), Usage.KERNEL);
      resv.unlock();
      note();
    }

    void copyOther() {
      copy.lock();
      copy.reserveFences(2);
      copy.addFence(three.create(), Usage.READ);
      copy.addFence(four.create(), Usage.WRITE);
      copy.unlock();
      resv.lock();
      resv.copyFences(copy);
      resv.unlock();
      note();
    }

    /** An empty reservation with one fence of the first context. */
    DmaFence onlyWrite() {
      resv = new DmaResv(family, clock);
      DmaFence write = one.create();
      add(write, Usage.WRITE);
      return write;
    }

    /** One whose first slot has completed and whose second is pending, which is returned. */
    DmaFence handOn() {
      resv = new DmaResv(family, clock);
      DmaFence first = one.create();
      DmaFence done = two.create();
      two.signal(done);
      add(done, Usage.WRITE);
      resv.lock();
      resv.reserveFences(3);
      resv.addFence(first, Usage.WRITE); // takes the place of the one that is done
      DmaFence pending = two.create();
      resv.addFence(pending, Usage.WRITE);
      resv.unlock();
      one.signal(first);
      return pending;
    }

    void inside(ReservationSet set) {
      try (set) {
        assertThat(++inside).isOne();
        assertThat(resv.isHeld() && copy.isHeld()).isTrue();
        inside--;
      }
    }

    Case readsWhile(Tasks.Body change) {
      List<List<DmaResv.Entry>> seen = new ArrayList<>();
      return ends(() -> assertThat(allowed).containsAll(seen))
          .does(() -> seen.add(resv.entries()), change);
    }

    Case iteratesWhile(Tasks.Body change) {
      List<DmaResv.Entry> met = new ArrayList<>();
      return ends(() -> assertThat(allowed.stream().flatMap(List::stream)).containsAll(met))
          .does(
              () -> {
                FenceIterator all = resv.iterator(Usage.BOOKKEEP);
                while (all.next()) {
                  met.add(new DmaResv.Entry(all.fence(), all.usage()));
                }
              },
              change);
    }

    Case ends(Runnable check) {
      end = check;
      return this;
    }

    Case does(Tasks.Body first, Tasks.Body second) {
      tasks = List.of(first, second);
      return this;
    }

    @Override
    public List<Tasks.Body> tasks() {
      return tasks;
    }

    @Override
    public void check() {
      end.run();
      assertThat(resv.isLocked() || copy.isLocked()).isFalse();
    }
  }
}
