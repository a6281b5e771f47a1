package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Supplier;
import org.dmabuf.file.OpenFile;
import org.dmabuf.seam.Interleavings;
import org.dmabuf.seam.Tasks;

/**
 * Operations that meet on a reference count, or on a handle or a descriptor, which have one. What
 * must hold: whatever is counted is released once, by the last who puts; nobody comes back after
 * that; too many references are never released.
 */
public enum CountPair implements Interleavings.Maker {
  /** Puts of the last two references, and a get that may come too late. */
  LAST_PUT_AND_GET(
      () -> {
        Counted all = new Counted(2);
        return all.does(
            () -> {
              all.put();
              if (all.get()) {
                all.put();
              }
            },
            all::put);
      }),
  /** Gets of who comes too late, which undo each other's. */
  GET_AND_GET_TOO_LATE(
      () -> {
        Counted all = new Counted(1);
        return all.does(
            () -> {
              all.put();
              if (all.get()) {
                all.put();
              }
            },
            () -> {
              if (all.get()) {
                all.put();
              }
              if (all.get()) {
                all.put();
              }
            });
      }),
  /** One reference too many, and another one. */
  GET_AND_GET_TOO_MANY(
      () -> {
        Counted all = new Counted(RefCount.MOST - 1);
        return all.neverReleased().does(all::get, all::get);
      }),
  /** One too many while others are put. */
  GET_AND_PUT_AT_THE_MOST(
      () -> {
        Counted all = new Counted(RefCount.MOST);
        return all.neverReleased()
            .does(
                all::get,
                () -> {
                  all.put();
                  all.put();
                });
      }),
  /** All are taken at once, while the last is put. */
  RETIRE_AND_PUT(
      () -> {
        Counted all = new Counted(1);
        return all.does(all::retire, all::put);
      }),
  /** ... while one is got. */
  RETIRE_AND_GET(
      () -> {
        Counted all = new Counted(1);
        return all.does(
            all::retire,
            () -> {
              if (all.get()) {
                all.putOrRetired();
              }
            });
      }),
  /** Two users of a handle give it back. */
  HANDLE_CLOSE_AND_CLOSE(
      () -> {
        TwoBundles all = new TwoBundles();
        DmaBuf handle = all.export(ExportPolicy.REVOKE).get();
        return all.does(handle::close, handle::close);
      }),
  /** One comes while the last goes. */
  HANDLE_GET_AND_CLOSE(
      () -> {
        TwoBundles all = new TwoBundles();
        DmaBuf handle = all.export(ExportPolicy.REVOKE);
        return all.does(
            () -> {
              if (TwoBundles.inTime(handle::get, Errno.EBADF)) {
                handle.close();
              }
            },
            handle::close);
      }),
  /** Another bundle takes the buffer while its exporter closes it. */
  ADOPT_AND_CLOSE(
      () -> {
        TwoBundles all = new TwoBundles();
        DmaBuf handle = all.export(ExportPolicy.REVOKE);
        return all.does(
            () -> TwoBundles.inTime(() -> all.other.adopt(handle).close(), Errno.EBADF),
            handle::close);
      }),
  /** A bundle takes a buffer a second time while it gives it back. */
  ADOPT_AGAIN_AND_CLOSE(
      () -> {
        TwoBundles all = new TwoBundles();
        DmaBuf handle = all.export(ExportPolicy.REVOKE);
        DmaBuf adopted = all.other.adopt(handle);
        return all.does(() -> all.other.adopt(handle).close(), adopted::close);
      }),
  /** Two threads of a bundle take it: they have one handle. */
  ADOPT_AND_ADOPT(
      () -> {
        TwoBundles all = new TwoBundles();
        DmaBuf handle = all.export(ExportPolicy.REVOKE);
        DmaBuf[] got = new DmaBuf[2];
        return all.ends(
                () -> {
                  assertThat(got[0]).isSameAs(got[1]);
                  got[0].close();
                  got[0].close();
                })
            .does(() -> got[0] = all.other.adopt(handle), () -> got[1] = all.other.adopt(handle));
      }),
  /** A descriptor is made of a handle that is closed. */
  DESCRIPTOR_AND_CLOSE(
      () -> {
        TwoBundles all = new TwoBundles();
        DmaBuf handle = all.export(ExportPolicy.REVOKE);
        return all.does(
            () ->
                TwoBundles.inTime(
                    () -> all.other.files().close(all.bundle.fd(handle, all.other.files(), false)),
                    Errno.EBADF),
            () -> TwoBundles.inTime(handle::close, Errno.EBADF));
      }),
  /** A buffer is taken by a descriptor that is closed. */
  GET_BY_DESCRIPTOR_AND_CLOSE(
      () -> {
        TwoBundles all = new TwoBundles();
        int fd = all.bundle.fd(all.export(ExportPolicy.REVOKE), all.other.files(), false);
        return all.does(
            () ->
                TwoBundles.inTime(() -> all.other.get(all.other.files(), fd).close(), Errno.EBADF),
            () -> all.other.files().close(fd));
      }),
  /** A file is got while its descriptor is closed. */
  FILE_GET_AND_CLOSE(
      () -> {
        TwoBundles all = new TwoBundles();
        int fd = all.bundle.fd(all.export(ExportPolicy.REVOKE), all.other.files(), false);
        return all.does(
            () ->
                TwoBundles.inTime(
                    () -> {
                      OpenFile file = all.other.files().get(fd);
                      assertThat(file.references()).isPositive();
                      file.put();
                    },
                    Errno.EBADF),
            () -> all.other.files().close(fd));
      }),
  /** A device is attached by a handle that is closed. */
  ATTACH_AND_CLOSE(
      () -> {
        TwoBundles all = new TwoBundles();
        DmaBuf handle = all.export(ExportPolicy.REVOKE);
        return all.does(
            () ->
                TwoBundles.inTime(
                    () -> handle.attach(DmaDevice.named("device")).close(), Errno.EBADF),
            handle::close);
      });

  private final Supplier<Interleavings.Scenario> scenario;

  CountPair(Supplier<Interleavings.Scenario> scenario) {
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

  private static final class Counted implements Interleavings.Scenario {
    private final RefCount count;
    private int released;
    private int most = 1;
    private boolean retired;
    private List<Tasks.Body> tasks;

    Counted(int references) {
      count = new RefCount(references);
    }

    boolean get() {
      boolean got = count.tryGet(this);
      assertThat(got && released > 0 && !retired).as("came back to life").isFalse();
      return got;
    }

    void put() {
      RefCount.Put what = count.put();
      assertThat(what == RefCount.Put.NONE && !retired).as("put too often").isFalse();
      if (what == RefCount.Put.LAST) {
        released++;
      }
    }

    /** As a user who may find that all references were taken meanwhile. */
    void putOrRetired() {
      if (count.put() == RefCount.Put.LAST) {
        released++;
      }
    }

    void retire() {
      retired = true;
      if (count.retire()) {
        released++;
      }
    }

    Counted neverReleased() {
      most = 0;
      return this;
    }

    Counted does(Tasks.Body first, Tasks.Body second) {
      tasks = List.of(first, second);
      return this;
    }

    @Override
    public List<Tasks.Body> tasks() {
      return tasks;
    }

    @Override
    public void check() {
      LogRecorder.clear();
      assertThat(released).isEqualTo(most);
      assertThat(count.isLive()).isEqualTo(most == 0);
      if (most == 0) {
        assertThat(count.tryGet(this)).isTrue();
        assertThat(count.put()).isEqualTo(RefCount.Put.KEPT);
      } else {
        assertThat(count.tryGet(this)).isFalse();
      }
      LogRecorder.clear();
    }
  }
}
