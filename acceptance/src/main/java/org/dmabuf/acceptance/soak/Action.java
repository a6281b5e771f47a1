package org.dmabuf.acceptance.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A call with random arguments on random things of the world.
 *
 * @param name for messages
 * @param call makes it; throws {@link org.dmabuf.DmaBufException} when it was refused
 */
record Action(String name, Call call) {
  /** Makes a call. */
  @FunctionalInterface
  interface Call {
    void with(World world, Random random);
  }

  static List<Action> all() {
    List<Action> all = new ArrayList<>();
    all.addAll(BufferActions.all());
    all.addAll(DeviceActions.all());
    all.addAll(FileActions.all());
    all.addAll(FenceActions.all());
    all.addAll(SyncActions.all());
    all.addAll(HeapActions.all());
    return List.copyOf(all);
  }
}
