package org.dmabuf.gem.placement;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmabuf.fence.DmaFence;
import org.dmabuf.gem.placement.PlacementRig.Buffer;
import org.dmabuf.gem.placement.PlacementRig.Importer;
import org.dmabuf.resv.Usage;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.Test;

/**
 * A driver that was replaced waited five seconds for its moves and then made the rest at once: what
 * a camera was writing meanwhile, where the buffer had been, was not in the picture that the
 * display read where it had gone.
 */
class MovedWhileItWasWrittenTest {
  @Test
  void bufferThatIsOnItsWayWhenItsDriverLeavesArrivesWhole() {
    PlacementRig rig = new PlacementRig();
    Buffer buffer = rig.buffer();
    Importer screen = buffer.peer("screen");
    Importer camera = buffer.plain("camera");
    SgTable old = camera.map();
    buffer.awaitMoves();
    DmaFence writing = buffer.busy(Usage.WRITE);
    SgTable fresh = screen.map();
    rig.stopDriver();
    assertThat(buffer.isMoving()).as("the camera still writes").isTrue();
    rig.view(camera.attachment, old).fill(0, PlacementRig.PAGE, (byte) 6);
    rig.signal(writing);
    buffer.awaitMoves();
    assertThat(rig.bytes(screen.attachment, fresh)).containsOnly(6);
    camera.attachment.unmapUnlocked(old);
    screen.attachment.unmapUnlocked(fresh);
    rig.assertHolds(camera.attachment, 6);
    camera.close();
    screen.close();
    rig.close();
  }
}
