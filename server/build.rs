//! Tells cargo that the pod is part of this program: a release build embeds `pkg/dist`, whose
//! file names change with their contents.

fn main() {
    println!("cargo::rerun-if-changed=../pkg/dist");
    println!("cargo::rerun-if-changed=assets");
}
